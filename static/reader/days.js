// Reads the files of days, which sitegen/site/catchup.py writes, and shows their papers as lists show them. The files
// are scripts, because nothing else can be read from a disk. A classic script, as all of static/reader/.
"use strict";

/**
 * @typedef {string | [string, string] | [string, string, 1]} Author name; last part of the address, if the name does
 *   not tell it, empty if there is none; 1 if authors before this one are left out
 * @typedef {[string, string, Author[], string, string, string, string]} DayPaper identifier, title as markup,
 *   authors, categories with the primary one first, withdrawn or published or nothing, day of submission if it is
 *   another, mark of a revision
 * @typedef {[string, [string, DayPaper[]][]]} DayPapers the day as YYYY-MM-DD, its papers by heading
 * @typedef {[string, [string, number, number][]][]} YearOfDays files of days with their names, and for each day of one
 *   month and day as MM-DD, papers that are new, papers that are revised
 */

const ReaderDays = (() => {
  const { root } = ReaderStorage;
  /** @type {Map<string, Promise<any>>} */
  const files = new Map();
  /** @type {Map<string, (value: any) => void>} */
  const waiting = new Map();

  /**
   * Each file calls this.
   * @param {string} name
   * @param {any} value
   */
  function take(name, value) {
    waiting.get(name)?.(value);
  }

  /** @param {string} name @returns {Promise<any>} */
  function load(name) {
    let file = files.get(name);
    if (!file) {
      file = new Promise((resolve, reject) => {
        waiting.set(name, resolve);
        const script = document.createElement("script");
        script.src = `${root}catchup/${name}.js`;
        script.onerror = () => {
          files.delete(name);
          reject(new Error(name));
        };
        document.head.append(script);
      });
      files.set(name, file);
    }
    return file;
  }

  /**
   * Returns the files of all days between two, the oldest first, with these days and the numbers of their papers.
   * @param {string} from YYYY-MM-DD
   * @param {string} to
   * @returns {Promise<{name: string, days: {day: string, papers: number}[]}[]>}
   */
  async function between(from, to) {
    /** @type {string[]} */
    const years = [];
    for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) years.push(String(year));
    /** @type {YearOfDays[]} */
    const read = await Promise.all(years.map((year) => load(year).catch(() => []))); // a year may have no papers
    return read
      .flatMap((year, place) =>
        year.map(([name, days]) => ({
          name,
          days: days
            .map(([day, added, revised]) => ({ day: `${years[place]}-${day}`, papers: added + revised }))
            .filter(({ day }) => day >= from && day <= to),
        })),
      )
      .filter(({ days }) => days.length);
  }

  /** Returns the papers in a file. @param {string} name @returns {Promise<DayPapers[]>} */
  const papers = (name) => load(name);

  /** Returns the abstracts of these papers as markup, but for revised ones. @param {string} name @returns {Promise<Record<string, string>>} */
  const abstracts = (name) => load(`${name}-abstracts`);

  /** Returns text in lower case without accents. @param {string} text */
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /** @param {string} text */
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

  /** @param {Author} author @param {number} place */
  function authorMarkup(author, place) {
    const [name, given, isAfterGap] = typeof author === "string" ? [author] : author;
    const slug = given ?? name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const text = escaped(name);
    return (
      (place ? (isAfterGap ? ", … " : ", ") : "") +
      (slug ? `<a href="${root}authors/${slug}/">${text}</a>` : `<bdi>${text}</bdi>`)
    );
  }

  /** Markup of a build, in which NUL stands for the way to the site's root. @param {string} markup */
  const rooted = (markup) => markup.replaceAll("\0", root.href);

  /**
   * Returns a paper as an item of a list.
   * @param {DayPaper} paper
   * @param {string} file where it is
   * @param {string} [abstract] to show; without it, it is read when it is unfolded
   */
  function item([id, title, authors, categories, state, date, mark], file, abstract) {
    const made = document.createElement("li");
    const sign = state && (state === "withdrawn" ? `<b class="mark">${state}</b> ` : `<b>${state}</b> `);
    made.innerHTML =
      `${mark && `<b>${escaped(mark)}</b>`}<a href="${root}abs/${id}/">${rooted(title)}</a>` +
      `<p>${authors.map(authorMarkup).join("")}</p>` +
      `<p>${sign}${escaped(categories.split(" ")[0])} ${id}${date && ` <i>${date}</i>`}</p>`;
    if (!mark) offerAbstract(made, id, file, abstract);
    // What site.js offers: the abstract from the paper's own page.
    else if (location.protocol !== "file:") /** @type {any} */ (globalThis).offerAbstract?.(made);
    return made;
  }

  /**
   * @param {HTMLElement} entry
   * @param {string} id
   * @param {string} file
   * @param {string | undefined} abstract
   */
  function offerAbstract(entry, id, file, abstract) {
    const fold = document.createElement("details");
    fold.innerHTML = `<summary>Abstract</summary>${rooted(abstract ?? "")}`;
    fold.open = abstract !== undefined;
    fold.addEventListener("toggle", async () => {
      if (!fold.open || fold.children[1]) return;
      try {
        const read = await abstracts(file);
        if (!fold.children[1]) fold.insertAdjacentHTML("beforeend", rooted(read[id]));
        nameFiles();
      } catch {
        fold.open = false;
      }
    });
    entry.append(fold);
  }

  /** Has links lead to files on a disk. It is done by site.js. */
  function nameFiles() {
    if (location.protocol === "file:") /** @type {any} */ (globalThis).nameFiles();
  }

  /** Returns a day of a list, with its date as heading. @param {string} day */
  function section(day) {
    const made = document.createElement("section");
    const [year, month, date] = day.split("-");
    const weekday = new Date(`${day}T00:00Z`).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
    made.innerHTML =
      `<h2><a href="${root}archive/${year}/${month}/${date}/">${ReaderFollow.spoken(day)}</a> ` +
      `<small>${weekday}</small></h2>`;
    return made;
  }

  return { take, between, papers, abstracts, fold, item, section, nameFiles };
})();
