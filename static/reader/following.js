// The page for what is followed: what is new of it, the list of it, and its Atom feeds as OPML.
"use strict";

(() => {
  const place = document.getElementById("following");
  if (!place) return;
  const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const [list, said, followed, none] = ["new", "said", "followed", "none"].map(get);
  const exporting = /** @type {HTMLButtonElement} */ (get("opml"));
  const { root } = ReaderStorage;
  const { escaped, item, make, paperOfPage } = ReaderPapers;
  const { newest = "" } = place.dataset;
  const DAYS_READ = 90; // the newest ones
  const HITS = 20; // newest papers of a search
  const EARLIER = 15; // papers shown that are not new
  let round = 0;

  /** @typedef {{day: string, item: HTMLLIElement, why: string[]}} Found */

  /**
   * Yields papers with their days from a page that lists them by year, such as an author's.
   * @param {string} address
   * @returns {Promise<[string, string, HTMLLIElement][]>} identifier, day, item
   */
  async function onPage(address) {
    if (location.protocol === "file:") throw new Error("cannot be read");
    const page = await read(root + address);
    return [...page.querySelectorAll(".list > li")].map((element) => {
      const entry = /** @type {HTMLLIElement} */ (document.importNode(element, true));
      const year = element.closest("section")?.querySelector("h2")?.textContent?.trim();
      const date = entry.querySelector("i");
      const [day, month] = (date?.textContent ?? "").split(" ");
      const number = ReaderFollow.MONTHS.indexOf(month) + 1;
      date?.remove();
      const id = ReaderPapers.idOf(entry.querySelector("a")?.href ?? "");
      const two = (/** @type {string | number} */ value) => String(value).padStart(2, "0");
      return [id, `${year}-${two(number)}-${two(day)}`, entry];
    });
  }

  /**
   * Yields the newest papers of a search, each as its own page tells it.
   * @param {string} address with what is searched for
   * @returns {Promise<[string, string, HTMLLIElement][]>} identifier, day, item
   */
  async function inSearch(address) {
    await loadSearch();
    const wanted = { ...Object.fromEntries(new URL(address, root).searchParams), sort: "new", page: "" };
    const { hits } = await SearchFinder.connect(searchScript)("find", wanted, HITS);
    return Promise.all(hits.map(async (/** @type {Hit} */ { id, date, url }) =>
      [id, date, item(paperOfPage(await read(new URL(url, root)), id))]));
  }

  /**
   * Returns the newest papers, to be shown, of categories.
   * @param {string[]} codes
   * @param {string} since
   * @returns {Promise<[string, string, HTMLLIElement, string[]][]>} identifier, day, item, categories
   */
  async function inCategories(codes, since) {
    const from = since || new Date(Date.parse(newest) - 6048e5).toISOString().slice(0, 10);
    const days = (await ReaderDays.between(from, newest)).slice(-DAYS_READ);
    const read = await Promise.all(days.map(async (day) => (await ReaderDays.papers(day)).flatMap(([, papers]) => papers.flatMap((paper) => {
      const why = paper[3].split(" ").filter((code) => codes.includes(code));
      return why.length && !paper[6] ? [[paper[0], day.day, ReaderDays.item(paper, day.name), why]] : [];
    }))));
    return /** @type {[string, string, HTMLLIElement, string[]][]} */ (read.flat());
  }

  /**
   * Returns all papers of what is followed, each once, the newest first, and the titles of what could not be read.
   * @param {[string, Follow][]} follows
   * @param {string} since
   * @returns {Promise<[Found[], string[]]>}
   */
  async function find(follows, since) {
    /** @type {Map<string, Found>} */
    const found = new Map();
    const missed = /** @type {string[]} */ ([]);
    const add = (/** @type {string} */ id, /** @type {string} */ day, /** @type {HTMLLIElement} */ item, /** @type {string} */ why) => {
      const known = found.get(id) ?? { day, item, why: [] };
      known.why.push(why);
      found.set(id, known);
    };
    const codes = follows.filter(([, { kind }]) => kind === "category").map(([address]) => address.split("/")[1]);
    const reads = follows.filter(([, { kind }]) => kind !== "category").map(async ([address, { title }]) => {
      try {
        const papers = await (address.includes("?") ? inSearch : onPage)(address);
        for (const [id, day, shown] of papers) add(id, day, shown, title);
      } catch {
        missed.push(title);
      }
    });
    if (codes.length) {
      reads.push(inCategories(codes, since).then(
        (papers) => papers.forEach(([id, day, item, why]) => why.forEach((code) => add(id, day, item, code))),
        () => { missed.push(...codes); },
      ));
    }
    await Promise.all(reads);
    const hidden = ReaderStorage.get("hidden");
    const shown = [...found].filter(([id]) => !(id in hidden)).map(([, paper]) => paper);
    return [shown.sort((one, other) => (one.day < other.day ? 1 : one.day > other.day ? -1 : 0)), missed];
  }

  /** @param {Found[]} papers @param {boolean} isNew */
  function sections(papers, isNew) {
    /** @type {HTMLElement[]} */
    const made = [];
    let last = "";
    let shown = make("ul");
    for (const { day, item, why } of papers) {
      if (last !== day) {
        last = day;
        const section = ReaderDays.section(day);
        if (isNew) ReaderFollow.mark(section.querySelector("h2"), "new");
        shown = make("ul", { className: "list" });
        section.append(shown);
        made.push(section);
      }
      const untold = [...new Set(why)].filter((title) => !item.textContent?.includes(title));
      if (!item.querySelector("details")) offerAbstract(item);
      if (untold.length) item.append(make("p", { className: "why small" }, untold.join(", ")));
      shown.append(item);
    }
    return made;
  }

  async function show() {
    round += 1;
    const own = round;
    const follows = Object.entries(ReaderStorage.get("follows"));
    followed.replaceChildren(...follows.sort(([, one], [, other]) => one.title.localeCompare(other.title)).map(line));
    none.hidden = follows.length > 0;
    /** @type {HTMLElement} */ (followed.closest("aside")).hidden = !follows.length;
    exporting.hidden = !follows.some(([, { feed }]) => feed);
    list.replaceChildren();
    if (!follows.length) {
      said.textContent = "";
      return;
    }
    const since = ReaderFollow.since(newest);
    said.textContent = "Reading…";
    const [papers, missed] = await find(follows, since);
    if (own !== round) return;
    const fresh = since ? papers.filter(({ day }) => day > since) : [];
    const earlier = papers.slice(fresh.length, fresh.length + EARLIER);
    const many = `${fresh.length || "Nothing"} new since ${since && ReaderFollow.spoken(since)}`;
    const why = location.protocol === "file:" ? " (pages of authors cannot be read from a disk)" : "";
    said.textContent =
      (since ? many : "The newest papers") + (missed.length ? `. Not read: ${missed.join(", ")}${why}.` : "");
    list.append(...sections(fresh, true));
    if (fresh.length && earlier.length) list.append(make("p", { className: "over" }, "Before that"));
    list.append(...sections(earlier, false));
    nameFiles();
  }

  /** Returns a line of the list of what is followed. @param {[string, Follow]} follow */
  function line([address, follow]) {
    const star = ReaderFollow.star(address, () => follow);
    star.ariaLabel = `Following ${follow.title}`;
    return make("li", {}, make("a", { href: ReaderPapers.address(address) }, follow.title), star);
  }

  /** Saves the Atom feeds of what is followed as OPML 2.0, which feed readers import. */
  function saveFeeds() {
    const outlines = Object.entries(ReaderStorage.get("follows"))
      .filter(([, { feed }]) => feed)
      .map(([address, { title, feed }]) =>
        `<outline type="rss" text="${escaped(title)}" title="${escaped(title)}" ` +
        `xmlUrl="${escaped(root + feed)}" htmlUrl="${escaped(root + address)}"/>\n`);
    const name = document.querySelector(".brand")?.textContent ?? "";
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>${
      escaped(name)}</title></head>\n<body>\n${outlines.join("")}</body>\n</opml>\n`;
    save(text, "following.opml");
  }

  exporting.addEventListener("click", saveFeeds);
  // Here the star of a line takes it back; what another tab changes is shown.
  addEventListener("storage", ({ key }) => {
    if (!key || key.endsWith(":follows")) show();
  });
  show();
})();
