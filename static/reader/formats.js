// The files that a reading list is saved as, and those that it is filled from. References are those of the papers' own
// pages, which are asked for when a list is saved: there is no second formatter. A classic script, after papers.js.
"use strict";

/** @typedef {{id: string, paper: SavedPaper}} Saved */

const ReaderFormats = (() => {
  const { root, get } = ReaderStorage;
  const { address, paperOfPage } = ReaderPapers;
  const ARXIV = /(?:arxiv(?:\.org\/(?:abs|pdf|html)\/|[:.]\s*)|eprint\s*=\s*[{"])((?:[a-z-]+(?:\.[a-z-]+)?\/\d{7})|\d{4}\.\d{4,5})/i;
  const DOI = /10\.\d{4,9}\/[^\s"{},]+/;
  /** @type {Map<string, Promise<Document>>} */
  const pages = new Map();

  /** Returns the page of a paper; throws if there is none. @param {string} id @returns {Promise<Document>} */
  function page(id) {
    const known = pages.get(id);
    if (known) return known;
    const asked = read(address(`abs/${id}/`));
    pages.set(id, asked);
    asked.catch(() => pages.delete(id)); // it may be there next time
    return asked;
  }

  /** Returns what the archive tells of a paper. @param {string} id */
  async function paper(id) {
    return paperOfPage(await page(id), id);
  }

  /** @param {string} name of a format, as pages write it */
  const fromPages = (name) => (/** @type {Saved} */ { id }) =>
    page(id).then((found) => {
      const label = [...found.querySelectorAll(".cite label")].find((one) => one.textContent === name);
      return label?.nextElementSibling?.textContent ?? "";
    });

  /** Returns a cell of a table. Spreadsheets take a text that begins with one of four signs for a formula. @param {string} text */
  const cell = (text) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

  /** @param {Saved} saved */
  function row({ id, paper: { title, authors, category, saved, read: isRead, tags, note } }) {
    const link = `https://arxiv.org/abs/${id}`;
    return [id, title, authors, category, link, saved.slice(0, 10), isRead ? "yes" : "no", tags.join("; "), note].map(cell).join(",");
  }

  /**
   * The formats by name: the ending of the file, how a paper is written, and how papers become a file.
   * @type {Record<string, {ending: string, one: (saved: Saved) => Promise<string> | string, all: (texts: string[]) => string}>}
   */
  const FORMATS = {
    BibTeX: { ending: ".bib", one: fromPages("BibTeX"), all: (texts) => `${texts.join("\n\n")}\n` },
    // RIS requires CR LF at the end of each line.
    RIS: { ending: ".ris", one: fromPages("RIS"), all: (texts) => `${texts.join("\n")}\n`.replaceAll("\n", "\r\n") },
    "CSL-JSON": { ending: ".json", one: fromPages("CSL-JSON"), all: (texts) => `[\n${texts.join(",\n")}\n]\n` },
    Markdown: { ending: ".md", one: fromPages("Markdown"), all: (texts) => `${texts.map((text) => `- ${text}\n`).join("")}` },
    CSV: {
      ending: ".csv",
      one: row,
      all: (texts) => `\ufeff${["arXiv,Title,Authors,Category,Link,Saved,Read,Tags,Note", ...texts, ""].join("\r\n")}`,
    },
  };

  /**
   * Returns the text of a file.
   * @param {string} format
   * @param {Saved[]} list
   * @param {(done: number) => void} progress
   */
  async function write(format, list, progress) {
    const { one, all } = FORMATS[format];
    let done = 0;
    return all(
      await Promise.all(
        list.map(async (saved) => {
          const text = await one(saved);
          progress(++done);
          return text;
        }),
      ),
    );
  }

  /**
   * Returns the arXiv identifiers and, of references that have none, the DOIs in a .bib or RIS file.
   * @param {string} text
   */
  function references(text) {
    /** @type {Set<string>} */
    const ids = new Set();
    /** @type {Set<string>} */
    const dois = new Set();
    let unknown = 0;
    const isRis = /^TY {2}- /m.test(text);
    const entries = isRis ? text.split(/^ER {2}-.*$/m) : text.split(/^[ \t]*@(?=\w+\s*[{(])/m).slice(1);
    for (const entry of entries) {
      if (!entry.trim() || /^(comment|string|preamble)\b/i.test(entry)) continue;
      const id = ARXIV.exec(entry);
      const doi = DOI.exec(entry);
      if (id) ids.add(id[1].replace(/\.[a-z-]+\//i, "/"));
      else if (doi) dois.add(doi[0].toLowerCase().replace(/[.;]$/, ""));
      else unknown += 1;
    }
    return { ids: [...ids], dois: [...dois], unknown };
  }

  /**
   * Returns the identifiers of the papers that have some DOIs, which the search's index knows.
   * @param {string[]} dois
   * @returns {Promise<string[]>}
   */
  async function withDois(dois) {
    if (!dois.length) return [];
    await loadSearch();
    const search = new SearchEngine.Search(SearchEngine.loaderFrom(new URL("search/", root).href));
    const { answer, describe } = SearchEngine;
    const found = await Promise.all(dois.map((doi) =>
      search.withFiles((files) => describe(files, answer(files, doi).papers.slice(0, 1)))));
    return found.flat().map(({ id }) => id);
  }

  /** Returns all that is kept, as the text of a backup. */
  function backup() {
    const kept = { papers: get("papers"), hidden: get("hidden"), follows: get("follows") };
    return `${JSON.stringify({ sitegen: "backup", version: 1, ...kept }, null, 1)}\n`;
  }

  /** @param {unknown} value @param {number} most */
  const text = (value, most = 2000) => (typeof value === "string" ? value.slice(0, most) : "");

  /**
   * Returns a paper from outside with no more than it may have; the title is empty if it has none.
   * @param {any} value
   * @returns {SavedPaper}
   */
  function checked(value) {
    const tags = Array.isArray(value?.tags) ? value.tags.map((/** @type {unknown} */ tag) => text(tag, 60)).filter(Boolean) : [];
    return {
      title: text(value?.title),
      authors: text(value?.authors),
      category: text(value?.category, 40),
      saved: /^\d{4}-\d\d-\d\dT/.test(text(value?.saved)) ? text(value.saved, 20) : ReaderPapers.now(),
      read: value?.read === true,
      tags,
      note: text(value?.note, 20000),
    };
  }

  /** Puts a backup beside what is kept. Returns as ReaderStorage.set does; throws if it is none. @param {string} json */
  function restore(json) {
    const kept = JSON.parse(json);
    if (kept?.sitegen !== "backup" || kept.version !== 1) throw new Error("no backup");
    const entries = (/** @type {unknown} */ value) => Object.entries(value && typeof value === "object" ? value : {});
    return (
      ReaderPapers.save(entries(kept.papers).filter(([id]) => isId(id)).map(([id, paper]) => ({ id, ...checked(paper) }))) ||
      ReaderStorage.update("hidden", (hidden) => {
        for (const [id, when] of entries(kept.hidden)) if (isId(id)) hidden[id] ??= text(when, 20);
      }) ||
      ReaderStorage.update("follows", (follows) => {
        for (const [url, { kind, title, feed, since }] of entries(kept.follows)) {
          if (!["author", "category", "search"].includes(kind) || new URL(url, root).origin !== root.origin) continue;
          follows[url] ??= { kind, title: text(title), feed: text(feed), since: text(since, 10) };
        }
      })
    );
  }

  /** @param {string} id */
  const isId = (id) => /^(\d{4}\.\d{4,5}|[a-z-]+\/\d{7})$/.test(id);

  return { FORMATS, write, paper, references, withDois, backup, restore, checked, isId };
})();
