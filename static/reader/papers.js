// Stars at papers: a button saves a paper to the reading list, on every list and on the paper's own page. Lists also
// tell Zotero what is on them, by COinS (ocoins.info). A classic script, after storage.js and site.js.
"use strict";

/**
 * @typedef {object} Paper what a page tells of a paper
 * @property {string} id
 * @property {string} title
 * @property {string} authors
 * @property {string} category
 */

const ReaderPapers = (() => {
  const { root, get, update, subscribe } = ReaderStorage;
  const ENTRIES = "main .list > li, #hits > li"; // lists, and what was found
  const STAR = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3l2.8 5.9 6.2.8-4.5 4.4 1.1 6.4L12 17.4l-5.6 3.1 1.1-6.4L3 9.7l6.2-.8z"/></svg>';
  /** What a reader says about a paper last, to take it back with a key. @type {(() => void) | undefined} */
  let undoLast;

  /** Returns the address of a page of this site; on a disk, that of its file. @param {string} url */
  function address(url) {
    return new URL(url, root).href.replace(/^(file:[^?#]*\/)(?=[?#]|$)/, "$1index.html");
  }

  /** Returns the identifier of the paper to whose page a whole address leads, or an empty text. @param {string} href */
  function idOf(href) {
    const inside = href.startsWith(root.href) ? href.slice(root.href.length) : "";
    return /^abs\/(.+?)\/(?:index\.html)?(?:[?#]|$)/.exec(inside)?.[1] ?? "";
  }

  /** Returns text in one line, in which formulas are TeX. @param {Element | null} element */
  function textOf(element) {
    if (!element) return "";
    const copy = /** @type {Element} */ (element.cloneNode(true));
    copy.querySelectorAll("math").forEach(asTeX);
    return (copy.textContent ?? "").trim().replace(/\s+/g, " ");
  }

  /** Returns the link to the paper of an entry of a list. @param {Element} entry */
  function linkOf(entry) {
    const link = /** @type {HTMLAnchorElement | null} */ (entry.querySelector(":scope > a"));
    return link && idOf(link.href) ? link : null;
  }

  /** Returns the line of an entry that tells identifier and category. @param {Element} entry */
  function factsOf(entry) {
    return entry.querySelector(":scope > .under") ?? entry.querySelectorAll(":scope > p")[1];
  }

  /** Returns what an entry of a list tells of its paper. @param {Element} entry @returns {Paper | null} */
  function paperOf(entry) {
    const link = linkOf(entry);
    if (!link) return null;
    const id = idOf(link.href);
    const authors = textOf(entry.querySelector(":scope > p")).replace(/ and \d+ more$/, ", …");
    // The text beside the identifier; marks and dates are elements.
    const facts = [...(factsOf(entry)?.childNodes ?? [])].map((node) => (node.nodeType === 3 ? node.textContent : "")).join(" ");
    const category = facts.split(/[\s·]+/).find((word) => /^[a-z-]+(\.[A-Za-z-]+)?$/.test(word)) ?? "";
    return { id, title: textOf(link), authors, category };
  }

  /**
   * Returns what a paper's own page tells of it. As in lists, of more than four authors there are three and the last.
   * @param {Document} page
   * @param {string} id
   * @returns {Paper}
   */
  function paperOfPage(page, id) {
    const names = [...page.querySelectorAll(".authors li:not(.fold)")].map((author) => textOf(author.firstElementChild));
    const all = names.length > 4 ? [...names.slice(0, 3), `… ${names[names.length - 1]}`] : names;
    const category = textOf(page.querySelector('.dateline a[href*="categories/"]'));
    return { id, title: textOf(page.querySelector("h1")), authors: all.join(", "), category };
  }

  /** Returns a paper as an item of a list. @param {Paper} paper */
  function item({ id, title, authors, category }) {
    const link = make("a", { href: address(`abs/${id}/`) }, title || `arXiv:${id}`);
    return make("li", {}, link, make("p", {}, authors), make("p", {}, `${category} ${id}`.trim()));
  }

  /** Returns the paper of this page, or null. */
  function paperHere() {
    const id = document.querySelector(".paper") ? idOf(location.href) : "";
    return id ? paperOfPage(document, id) : null;
  }

  function now() {
    return `${new Date().toISOString().slice(0, 19)}Z`;
  }

  /**
   * Says something at the bottom of the page for some seconds, with a button that takes it back.
   * @param {string} text
   * @param {() => void} [undo]
   * @param {string} [label] of the button
   */
  function say(text, undo, label = "Undo") {
    let place = document.getElementById("said-here");
    if (!place) document.body.append((place = make("div", { id: "said-here", role: "status" })));
    place.replaceChildren(text);
    undoLast = undo;
    if (undo) place.append(button(label, takeBack));
    clearTimeout(Number(place.dataset.timer));
    place.dataset.timer = String(setTimeout(() => place.replaceChildren(), undo ? 12000 : 6000));
  }

  /** Takes back what was last said about a paper. */
  function takeBack() {
    const undo = undoLast;
    undoLast = undefined;
    document.getElementById("said-here")?.replaceChildren();
    undo?.();
  }

  /**
   * Returns a new element.
   * @template {keyof HTMLElementTagNameMap} Name
   * @param {Name} name
   * @param {object} [values] properties
   * @param {(Node | string)[]} content
   */
  function make(name, values, ...content) {
    const made = Object.assign(document.createElement(name), values);
    made.append(...content);
    return made;
  }

  /** Returns text in lower case without accents. @param {string} text */
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /** Returns text as markup. @param {string} text */
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

  /** Says a number of papers. @param {number} count */
  const papers = (count) => `${count.toLocaleString("en")} paper${count === 1 ? "" : "s"}`;

  /**
   * Adds papers to the reading list; what it has of them stays. Returns as ReaderStorage.set does.
   * @param {(Paper & Partial<SavedPaper>)[]} papers
   */
  function save(papers) {
    return update("papers", (saved) => {
      for (const { id, ...paper } of papers) {
        const known = saved[id];
        saved[id] = {
          ...paper,
          saved: known?.saved ?? paper.saved ?? now(),
          read: Boolean(known?.read || paper.read),
          tags: [...new Set([...(known?.tags ?? []), ...(paper.tags ?? [])])],
          note: known?.note || paper.note || "",
        };
      }
    });
  }

  /**
   * Changes what is kept, as ReaderStorage.update does. Returns whether it could be kept; if not, says why.
   * @template {keyof Kept} Key
   * @param {Key} key
   * @param {(value: Kept[Key]) => void} alter
   */
  function change(key, alter) {
    const problem = update(key, alter);
    if (problem) say(problem);
    return !problem;
  }

  /** Saves a paper, or removes it from the reading list. @param {Paper} paper */
  function toggle(paper) {
    const { [paper.id]: before } = get("papers");
    if (!before) say(save([paper]) || "Saved to the reading list.");
    else if (change("papers", (saved) => void delete saved[paper.id])) {
      say("Removed from the reading list.", () => change("papers", (saved) => void (saved[paper.id] = before)));
    }
  }

  /** Marks a paper as not interesting, or takes that back. @param {string} id @param {boolean} [hides] */
  function toggleHidden(id, hides = !(id in get("hidden"))) {
    const isKept = change("hidden", (hidden) => {
      if (hides) hidden[id] = now();
      else delete hidden[id];
    });
    if (isKept) say(hides ? "Not interested: left out of the catch-up." : "Shown again.", () => toggleHidden(id, !hides));
  }

  /**
   * Returns a button that saves a paper and shows whether it is saved.
   * @param {Paper} paper
   * @param {() => Paper | null} told what the page tells of it when the button is pressed
   * @param {string} [label] text to show; without it, a star alone
   */
  function star(paper, told, label) {
    const made = button("", () => toggle(told() ?? paper));
    made.className = "star";
    made.dataset.paper = paper.id;
    made.innerHTML = STAR;
    made.title = "Save (s)";
    if (label) made.append(label);
    else made.setAttribute("aria-label", `Save ${paper.title}`);
    return made;
  }

  /**
   * Describes a paper as a COinS, from which Zotero makes an item. The keys are those of Dublin Core in OpenURL
   * (info:ofi/fmt:kev:mtx:dc); the type is Zotero's.
   * @param {Paper} paper
   */
  function coins({ id, title, authors }) {
    const [, year, month] = /(\d\d)(\d\d)[.\d]*$/.exec(id) ?? ["", "", ""];
    const values = [
      ["ctx_ver", "Z39.88-2004"],
      ["rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"],
      ["rft.type", "preprint"],
      ["rft.title", title],
      ["rft.date", `${Number(year) > 90 ? 19 : 20}${year}-${month}`],
      ["rft_id", `info:doi/10.48550/arXiv.${id}`],
      ["rft_id", `https://arxiv.org/abs/${id}`],
    ];
    // Without authors, Zotero asks for the data of the DOI, which have them all.
    if (!authors.includes("…")) values.push(...authors.split(", ").map((name) => ["rft.creator", name]));
    return make("span", { className: "Z3988", title: String(new URLSearchParams(values)) });
  }

  /** Gives stars to the entries that have none. Zotero saves a paper from its own page by itself. */
  function offerStars() {
    const inList = !document.querySelector(".paper");
    let isChanged = false;
    for (const entry of document.querySelectorAll(ENTRIES)) {
      const paper = entry.querySelector(":scope > .star") ? null : paperOf(entry);
      if (!paper) continue;
      linkOf(entry)?.after(star(paper, () => paperOf(entry)));
      if (inList) factsOf(entry)?.append(coins(paper));
      isChanged = true;
    }
    if (isChanged) show();
  }

  /** Shows on all stars and entries what is kept. */
  function show() {
    const saved = get("papers");
    const hidden = get("hidden");
    for (const made of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".star"))) {
      const id = made.dataset.paper ?? "";
      made.setAttribute("aria-pressed", String(id in saved));
      made.closest("li")?.classList.toggle("unwanted", id in hidden);
    }
    const count = Object.keys(saved).length;
    const link = document.querySelector(".kept");
    if (link) {
      link.innerHTML = STAR;
      link.append(count ? String(count) : "");
      link.setAttribute("aria-label", `Reading list, ${papers(count)}`);
    }
  }

  function start() {
    const link = make("a", { className: "kept", href: address("reading-list/"), title: "Reading list (g l)" });
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    document.querySelector("body > header")?.append(link);
    const here = paperHere();
    if (here) document.querySelector(".fulltext")?.append(star(here, paperHere, "Save"));
    offerStars();
    show();
    subscribe("papers", show);
    subscribe("hidden", show);
    // Search and catch-up add to their lists.
    const main = document.querySelector("main");
    if (main) new MutationObserver(offerStars).observe(main, { childList: true, subtree: true });
    // What a single page needs besides comes after this.
    for (const { dataset } of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-reader]"))) {
      document.head.append(make("script", { src: dataset.reader }));
    }
  }

  /** Calls a function when all of the page is there. @param {() => void} action */
  function whenRead(action) {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", action);
    else action();
  }

  whenRead(start);
  return { ENTRIES, change, whenRead, offerStars, address, idOf, textOf, linkOf, paperOf, paperOfPage, paperHere, item, now, say, takeBack, make, fold, escaped, papers, save, toggle, toggleHidden };
})();
