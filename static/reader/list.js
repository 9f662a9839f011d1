// The page of the reading list. What it shows is what is kept, searched, filtered and sorted by what its address says.
// A classic script, after formats.js, share.js and qr.js.
"use strict";

(() => {
  const { choices, get, set, subscribe, clear, size } = ReaderStorage;
  const { address, change, fold, make, offerStars, papers, say, toggleHidden } = ReaderPapers;
  const { FORMATS, backup, paper, references, restore, withDois, write } = ReaderFormats;
  /** @typedef {{name: string, list: (saved: Saved[]) => Saved[]}} Order */

  const page = /** @type {HTMLElement} */ (document.getElementById("reading-list"));
  const place = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(`[data-place=${name}]`));
  const search = /** @type {HTMLInputElement} */ (page.querySelector("input[type=search]"));
  const sort = /** @type {HTMLSelectElement} */ (page.querySelector("select"));
  const state = { q: "", show: "", tag: "", sort: "", ...Object.fromEntries(new URLSearchParams(location.search)) };
  const SHOWN_AT_ONCE = 100;
  let most = SHOWN_AT_ONCE;
  /** A list that came as an address. @type {Saved[] | null} */
  let shared = null;
  /** Ends when the titles of that list are there, or cannot be read. @type {Promise<unknown>} */
  let reading = Promise.resolve();

  /** @param {string} id when the paper came to arXiv, to sort by: identifiers of before 2007 come first */
  const age = (id) => (id.includes("/") ? id.replace(/^.*\/(9)?/, (_, old) => (old ? "09" : "1")) : `2${id}`);
  /** @type {Record<string, (one: Saved, other: Saved) => number>} */
  const ORDERS = {
    "": (one, other) => other.paper.saved.localeCompare(one.paper.saved),
    newest: (one, other) => age(other.id).localeCompare(age(one.id)),
    title: (one, other) => one.paper.title.localeCompare(other.paper.title),
  };

  /** Returns the papers of the list that the address asks for, in order. */
  function chosen() {
    const words = fold(state.q).split(/\s+/);
    const all = shared ?? Object.entries(get("papers")).map(([id, saved]) => ({ id, paper: saved })).reverse();
    const list = all
      .filter(({ id, paper: { title, authors, tags, note, read, category } }) => {
        if ((state.show === "unread" && read) || (state.show === "read" && !read)) return false;
        if (state.tag && !tags.includes(state.tag)) return false;
        const text = fold([id, title, authors, category, note, ...tags].join(" "));
        return words.every((word) => text.includes(word));
      });
    // The order of a list that somebody shares is theirs.
    return shared && !state.sort ? list : list.sort(ORDERS[state.sort] ?? ORDERS[""]);
  }

  /** Changes a paper of the list. @param {string} id @param {Partial<SavedPaper>} values */
  const edit = (id, values) => change("papers", (saved) => void (saved[id] && Object.assign(saved[id], values)));

  /** @param {Saved} saved */
  function entry({ id, paper: saved }) {
    const item = ReaderPapers.item({ id, ...saved });
    item.dataset.paper = id;
    item.classList.toggle("read", saved.read);
    if (shared) {
      if (saved.tags.length || saved.note) item.append(make("div", { className: "told" }, ...saved.tags.map((tag) => make("b", {}, tag)), " ", saved.note));
      return item;
    }
    const isRead = button(saved.read ? "Read" : "Mark as read", () => edit(id, { read: !saved.read }));
    isRead.className = "is-read";
    isRead.ariaPressed = String(saved.read);
    const tags = make("input", {
      value: saved.tags.join(", "),
      placeholder: "Tags, between commas",
      autocomplete: "off",
      ariaLabel: `Tags of ${saved.title}`,
      onchange: () => edit(id, { tags: [...new Set(tags.value.split(",").map((tag) => tag.trim()).filter(Boolean))] }),
    });
    tags.setAttribute("list", "known-tags");
    const note = make("textarea", {
      value: saved.note,
      placeholder: "A note of your own",
      rows: Math.ceil(saved.note.length / 45) || 1,
      ariaLabel: `Note on ${saved.title}`,
      onchange: () => edit(id, { note: note.value.trim() }),
    });
    item.append(make("div", { className: "own" }, isRead, tags, note));
    return item;
  }

  /**
   * Returns a link that changes the address of this page.
   * @param {Partial<typeof state>} values
   * @param {string} label
   * @param {number} count
   */
  function choice(values, label, count) {
    const isOn = Object.entries(values).every(([key, value]) => state[/** @type {keyof typeof state} */ (key)] === value);
    const made = button("", () => go(isOn && values.tag ? { tag: "" } : values));
    made.append(label, " ", make("span", {}, String(count)));
    made.ariaPressed = String(isOn);
    return made;
  }

  /** @param {Partial<typeof state>} values */
  function go(values) {
    Object.assign(state, values);
    most = SHOWN_AT_ONCE;
    const given = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}${String(given) && `?${given}`}${location.hash}`);
    show();
  }

  function show() {
    // What somebody is writing stays.
    const writing = document.activeElement;
    if (writing instanceof HTMLElement && writing.closest(".own") && writing.matches("input, textarea")) {
      writing.addEventListener("blur", () => setTimeout(show), { once: true });
      return;
    }
    const focusedItem = writing?.closest("li");
    const focused = focusedItem?.dataset.paper;
    const position = [...place("list").children].findIndex((item) => item === focusedItem);
    const role = writing?.className;
    const list = chosen();
    const all = shared ?? Object.values(get("papers")).map((saved) => ({ paper: saved }));
    page.classList.toggle("empty", !all.length);
    place("shared").replaceChildren(); // the address of a list that may be another one now
    const items = list.slice(0, most).map(entry);
    place("list").replaceChildren(...items);
    offerStars();
    // The keyboard stays where it was, or goes to the paper that has come there.
    if (position >= 0) {
      const item = items.find((one) => one.dataset.paper === focused) ?? items[Math.min(position, items.length - 1)];
      /** @type {HTMLElement | null | undefined} */ (item?.querySelector(role ? `.${role}` : "a"))?.focus();
    }
    place("more").replaceChildren(...(list.length > most ? [button(`Show ${Math.min(SHOWN_AT_ONCE, list.length - most)} more`, () => ((most += SHOWN_AT_ONCE), show()))] : []));
    place("count").textContent = list.length ? "" : "No paper of the list matches.";
    showChoices(all.map((one) => one.paper));
    const number = papers(list.length);
    place("what").textContent = list.length === all.length ? `All ${number}` : state.tag && !state.q && !state.show ? `${number} tagged “${state.tag}”` : `${number} shown`;
    showHidden();
    showKept();
    document.dispatchEvent(new Event("ZoteroItemUpdated", { bubbles: true, cancelable: true }));
  }

  /** @param {SavedPaper[]} all */
  function showChoices(all) {
    const count = all.filter(({ read: isRead }) => isRead).length;
    place("states").replaceChildren(
      choice({ show: "" }, "All", all.length),
      choice({ show: "unread" }, "Unread", all.length - count),
      choice({ show: "read" }, "Read", count),
    );
    /** @type {Map<string, number>} */
    const tags = new Map();
    for (const tag of all.flatMap((saved) => saved.tags)) tags.set(tag, (tags.get(tag) ?? 0) + 1);
    const sorted = [...tags].sort(([one], [other]) => one.localeCompare(other));
    place("tags").replaceChildren(...sorted.map(([tag, number]) => choice({ tag }, tag, number)));
    place("known").replaceChildren(...sorted.map(([tag]) => make("option", { value: tag })));
  }

  /** Lists what is not interesting, each paper with a button that takes that back. Titles are on the papers' pages. */
  function showHidden() {
    const fold = /** @type {HTMLDetailsElement} */ (place("hidden"));
    const ids = Object.keys(get("hidden")).reverse();
    fold.hidden = !ids.length;
    const items = ids.map((id) => {
      const link = make("a", { href: address(`abs/${id}/`) }, `arXiv:${id}`);
      if (fold.open) paper(id).then(({ title }) => void (link.textContent = title), () => undefined);
      const again = button("Interested again", () => toggleHidden(id));
      again.ariaLabel = `Interested again in ${id}`;
      return make("li", {}, link, again);
    });
    place("unwanted").replaceChildren(...items);
  }

  /** @param {string} format */
  async function saveAs(format) {
    await reading;
    const list = chosen();
    // What is chosen may be another tag when all papers have been read.
    const name = state.tag ? fold(state.tag).replace(/[^\p{L}\p{N}]+/gu, "-") : "reading-list";
    if (!list.length) return say("There is nothing to save.");
    try {
      save(await write(format, list, (done) => say(`${done} of ${list.length}`)), name + FORMATS[format].ending);
      say(`Saved ${papers(list.length)} as ${format}.`);
    } catch {
      say("Not all papers could be read: the device may be offline, or the page opened from a disk.");
    }
  }

  /** @param {File} file */
  async function importFile(file) {
    const text = await file.text();
    try {
      if (/^\s*\{/.test(text)) return say(restore(text) || "The backup has been added to what was here.");
      const found = references(text);
      say("Looking for the papers…");
      const ids = [...found.ids, ...(await withDois(found.dois))];
      const known = await Promise.all(ids.map((id) => paper(id).catch(() => null)));
      const added = known.flatMap((one) => (one ? [one] : []));
      const others = found.ids.length + found.dois.length + found.unknown - added.length;
      const problem = added.length ? ReaderPapers.save(added) : "";
      say(problem || `${added.length} added. ${others ? `${others} of the file are not in this archive, or not to be read now.` : ""}`);
    } catch {
      say(`${file.name} is no BibTeX, RIS or backup that can be read here.`);
    }
  }

  /** Shows the list as an address, and as a QR code. */
  async function share() {
    const whole = /** @type {HTMLInputElement} */ (page.querySelector("[name=whole]")).checked;
    const url = `${location.href.split(/[?#]/)[0]}#${await ReaderShare.write(chosen(), whole)}`;
    const field = make("input", { readOnly: true, value: url, ariaLabel: "Address of this list", onfocus: () => field.select() });
    const copying = button("Copy", () => void copy(url).then(() => say("Copied."), () => {
      field.select();
      say("Press Ctrl+C.");
    }));
    const code = ReaderQr.encode(url);
    const innerHTML = code ? ReaderQr.draw(code) : "The list is too long for a QR code: share the papers of a tag.";
    place("shared").replaceChildren(field, copying, make("div", { innerHTML }));
  }

  /** Shows the list of an address, to look at and to adopt or not. */
  async function openShared() {
    try {
      shared = await ReaderShare.read(location.hash);
    } catch {
      shared = null;
      say("The list in this address is damaged: part of it is missing.");
    }
    page.classList.toggle("viewing", shared !== null);
    place("foreign").replaceChildren();
    show();
    if (!shared) return;
    const list = shared;
    const close = () => {
      shared = null; // at once, for who presses twice
      history.replaceState(null, "", location.pathname);
      openShared();
    };
    const foreign = /** @type {string[]} */ ([]);
    reading = Promise.all(list.map((one) => paper(one.id).then(
      ({ title, authors, category }) => Object.assign(one.paper, { title, authors, category }),
      () => foreign.push(one.id),
    )));
    const adopt = async () => {
      await reading;
      if (shared !== list) return; // it was added or closed meanwhile
      const before = get("papers");
      const added = list.flatMap(({ id, paper: own }) => (own.title ? [{ id, ...own }] : []));
      const problem = ReaderPapers.save(added);
      if (problem) return say(problem);
      close();
      // Other papers may be changed before this is taken back.
      say(`${foreign.length ? `${added.length} of ` : ""}${papers(list.length)} added to your reading list.`, () => change("papers", (saved) => {
        for (const { id } of added) {
          delete saved[id];
          if (before[id]) saved[id] = before[id];
        }
      }));
    };
    const text = `A list of ${papers(list.length)} from an address. It is not in your reading list.`;
    place("foreign").append(make("p", {}, text), button("Add all to my reading list", adopt), " ", button("Close", close));
    await reading;
    if (shared !== list) return;
    if (foreign.length) place("foreign").append(make("p", {}, `Not in this archive, or not to be read now: ${foreign.join(", ")}.`));
    show();
  }

  /** Says what is kept for this site. */
  function showKept() {
    const values = [
      .../** @type {const} */ (["papers", "hidden", "follows"]).map((key) => String(Object.keys(get(key)).length)),
      get("visit").at.slice(0, 10) || "–",
      get("settings").keys ? "on" : "off",
      String(choices()),
      `${Math.ceil(size() / 512) / 2} kB`,
    ];
    place("kept").querySelectorAll("span").forEach((span, line) => void (span.textContent = values[line]));
  }

  function start() {
    search.value = state.q;
    sort.value = state.sort;
    search.addEventListener("input", () => go({ q: search.value }));
    sort.addEventListener("change", () => go({ sort: sort.value }));
    place("formats").append(...Object.keys(FORMATS).map((format) => button(format, () => saveAs(format))));
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll("input[type=file]"))) {
      input.addEventListener("change", async () => {
        if (input.files?.[0]) await importFile(input.files[0]);
        input.value = "";
      });
    }
    place("share").onclick = share;
    /** @type {HTMLElement} */ (page.querySelector(".whole")).onchange = () => place("shared").replaceChildren();
    place("backup").onclick = () => save(backup(), "reading-list-backup.json");
    place("delete").onclick = () => {
      const [kept, visit, settings] = [backup(), get("visit"), get("settings")];
      clear();
      say("All that this site kept in this browser is deleted.", () => {
        restore(kept);
        set("visit", visit);
        set("settings", settings);
      });
    };
    place("hidden").addEventListener("toggle", showHidden);
    for (const key of /** @type {const} */ (["papers", "hidden", "follows", "visit", "settings"])) subscribe(key, show);
    addEventListener("hashchange", openShared);
    page.hidden = false;
    openShared();
  }

  start();
})();
