// The page for catching up: everything since a day, day by day, read as the reader comes near. What is chosen stands
// in the address, so that it can be kept and shared.
"use strict";

(() => {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("catchup"));
  if (!form) return;
  const { fold, make, offerStars, papers } = ReaderPapers;
  const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const [list, said, end] = ["days", "said", "end"].map(get);
  const { oldest = "", newest = "" } = form.dataset;
  const DAY = 864e5;
  const AHEAD = 1200; // pixels below the window that are filled
  const chosen = /** @type {{[name: string]: HTMLInputElement}} */ (/** @type {unknown} */ (form.elements));
  /** @type {string} */
  let lastVisit;
  /** Counts the beginnings of the list: what an earlier one was waiting for is not shown. */
  let round = 0;
  /** Days that are not shown yet; undefined until the list of them is read. @type {Day[] | undefined} */
  let days;
  let passedOver = 0; // papers that are «not interested»
  let isReading = false;

  /** @param {string} day @param {number} days */
  const before = (day, days) => new Date(Date.parse(day) - days * DAY).toISOString().slice(0, 10);

  /** Takes what is chosen from the address; without a day in it, all since the last visit or of a week. */
  function readAddress() {
    const asked = new URLSearchParams(location.search);
    const since = asked.get("since") ?? "";
    const day = /^\d{4}-\d\d-\d\d$/.test(since) ? since : lastVisit || before(newest, 6);
    chosen.since.value = day < oldest ? oldest : day;
    chosen.cat.value = asked.get("cat") ?? "";
    if (chosen.cat.value !== (asked.get("cat") ?? "")) chosen.cat.value = "";
    chosen.words.value = asked.get("words") ?? "";
    chosen.order.value = asked.get("order") === "oldest" ? "oldest" : "newest";
  }

  function writeAddress() {
    const address = new URLSearchParams({ since: chosen.since.value });
    if (chosen.cat.value) address.set("cat", chosen.cat.value);
    if (chosen.words.value.trim()) address.set("words", chosen.words.value.trim());
    if (chosen.order.value === "oldest") address.set("order", "oldest");
    history.replaceState(null, "", `?${address}`);
  }

  /** Returns a function that tells whether a paper is to be shown. @param {Record<string, string>} abstracts */
  function filter(abstracts) {
    const category = chosen.cat.value;
    const words = fold(chosen.words.value).split(/\s+/).filter(Boolean);
    const hidden = ReaderStorage.get("hidden");
    return (/** @type {DayPaper} */ paper) => {
      const [id, title, authors, categories] = paper;
      if (category && !categories.split(" ").includes(category)) return false;
      if (words.length) {
        const names = authors.map((author) => (typeof author === "string" ? author : author[0]));
        const text = fold([id, title, ...names, abstracts[id]].join(" ").replace(/<[^>]*>/g, " "));
        if (!words.every((word) => (word[0] === "-" && word[1] ? !text.includes(word.slice(1)) : text.includes(word)))) {
          return false;
        }
      }
      if (id in hidden) passedOver += 1;
      return !(id in hidden);
    };
  }

  /** Reads on until the window is full. */
  async function readOn() {
    if (isReading) return;
    isReading = true;
    const own = round;
    try {
      if (!days) {
        const read = await ReaderDays.between(chosen.since.value, newest);
        if (own === round) days = chosen.order.value === "oldest" ? read : read.reverse();
      }
      while (own === round && days?.length && end.getBoundingClientRect().top < innerHeight + AHEAD) {
        const [day] = days;
        const unfolds = chosen.abstracts.checked;
        const needsAbstracts = unfolds || chosen.words.value.trim();
        const read = /** @type {const} */ ([ReaderDays.papers(day), needsAbstracts ? ReaderDays.abstracts(day.name) : {}]);
        const [groups, abstracts] = await Promise.all(read);
        if (own !== round || unfolds !== chosen.abstracts.checked) continue;
        days.shift();
        show(day, groups, abstracts);
      }
      if (own === round) tell();
    } catch {
      end.textContent = "The next days could not be read. Scroll to try again.";
    }
    isReading = false;
    if (own !== round) readOn();
  }

  /**
   * Shows a day.
   * @param {Day} day
   * @param {[string, DayPaper[]][]} groups
   * @param {Record<string, string>} abstracts empty if they are not needed
   */
  function show({ day, name }, groups, abstracts) {
    const isShown = filter(abstracts);
    const section = ReaderDays.section(day);
    for (const [heading, members] of groups) {
      const items = members
        .filter(isShown)
        .map((paper) => ReaderDays.item(paper, name, chosen.abstracts.checked ? abstracts[paper[0]] : undefined));
      if (items.length) section.append(make("h3", {}, heading), make("ul", { className: "list" }, ...items));
    }
    if (!section.querySelector("li")) return;
    list.append(section);
    offerStars();
    nameFiles();
  }

  /** Says how much is left below the window, and at the end that it is one. */
  function tell() {
    if (!days) return;
    const items = list.getElementsByTagName("li");
    let above = 0;
    for (let below = items.length; above < below; ) {
      const middle = (above + below) >> 1;
      if (items[middle].getBoundingClientRect().bottom <= innerHeight) above = middle + 1;
      else below = middle;
    }
    const left = items.length - above;
    const isFiltered = chosen.cat.value || chosen.words.value.trim();
    const since = ReaderFollow.spoken(chosen.since.value);
    if (!days.length) {
      said.textContent = left ? `${papers(left)} left of ${items.length.toLocaleString("en")}` : papers(items.length);
      const all = items.length ? "That is all" : "There is nothing";
      const skipped = passedOver ? ` ${papers(passedOver)} not interesting to you left out.` : "";
      end.textContent = `${all}${isFiltered ? " of what you chose" : ""} since ${since}.${skipped}`;
    } else {
      said.textContent = isFiltered
        ? `${left ? `${papers(left)} and ` : ""}${days.length} more day${days.length === 1 ? "" : "s"} left`
        : `${papers(days.reduce((sum, day) => sum + day.papers, left))} left`;
      end.textContent = "Reading on…";
    }
  }

  function begin() {
    round += 1;
    days = undefined;
    list.replaceChildren();
    passedOver = 0;
    end.textContent = "";
    for (const preset of presets) preset.ariaPressed = String(preset.value === chosen.since.value);
    readOn();
  }

  const presets = [...form.querySelectorAll("button")];
  function offerPresets() {
    const [visit, week, month] = presets;
    week.value = before(newest, 6);
    month.value = before(newest, 30);
    visit.value = lastVisit;
    visit.hidden = !lastVisit;
    for (const preset of presets) {
      preset.addEventListener("click", () => {
        chosen.since.value = preset.value < oldest ? oldest : preset.value;
        change();
      });
    }
  }

  function change() {
    if (!chosen.since.validity.valid || !chosen.since.value) return;
    writeAddress();
    begin();
  }

  /** @type {ReturnType<typeof setTimeout>} */
  let pause;
  function start() {
    lastVisit = ReaderFollow.since(newest);
    try {
      chosen.abstracts.checked = localStorage.getItem("abstracts") === "true";
    } catch {
      /* storage is off */
    }
    readAddress();
    offerPresets();
    form?.addEventListener("submit", (event) => event.preventDefault());
    form?.addEventListener("input", ({ target }) => {
      clearTimeout(pause);
      if (target === chosen.abstracts) {
        for (const abstract of list.getElementsByTagName("details")) abstract.open = chosen.abstracts.checked;
        try {
          localStorage.setItem("abstracts", String(chosen.abstracts.checked));
        } catch {
          /* for this page only */
        }
        readOn();
      } else pause = setTimeout(change, target === chosen.words ? 250 : 0);
    });
    addEventListener("popstate", () => {
      readAddress();
      begin();
    });
    let isDue = false;
    addEventListener(
      "scroll",
      () => {
        if (isDue) return;
        isDue = true;
        requestAnimationFrame(() => {
          isDue = false;
          tell();
          readOn();
        });
      },
      { passive: true },
    );
    begin();
  }

  if (newest) start();
})();
