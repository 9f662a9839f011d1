// Reads the files of days, which sitegen/site/catchup.py writes, and shows their papers as lists show them. The files
// are scripts, because nothing else can be read from a disk. A classic script, after papers.js and unpack.js.
"use strict";

/**
 * @typedef {string | [string, string]} Author name, after an ellipsis if authors before this one are left out; last
 *   part of the address, if the name does not tell it, empty if there is none
 * @typedef {[string, string, Author[], string, string, string, string]} DayPaper identifier, title as markup,
 *   authors, categories with the primary one first, withdrawn or published or nothing, day of submission if it is
 *   another, mark of a revision
 * @typedef {[string, [string, DayPaper[]][]]} DayPapers the day as YYYY-MM-DD, its papers by heading
 * @typedef {[string, [string, number, number][]][]} YearOfDays files of days with their names, and for each day of one
 *   month and day as MM-DD, papers that are new, papers that are revised
 * @typedef {{day: string, name: string, papers: number}} Day YYYY-MM-DD, the file that it is in, how many papers it has
 */

const ReaderDays = (() => {
  const { root } = ReaderStorage;
  const { escaped, fold, make } = ReaderPapers;
  /** @type {Map<string, Promise<any>>} */
  const files = new Map();
  /** @type {Map<string, (value: any) => void>} */
  const waiting = new Map();

  /**
   * Each file calls this.
   * @param {string} name
   * @param {any} value the files of months give theirs as JSON that is compressed by bzip2, in Base64
   */
  function take(name, value) {
    waiting.get(name)?.(typeof value === "string" ? unpacked(value) : value);
  }

  /** @param {string} letters */
  function unpacked(letters) {
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(ReaderUnpack(bytes)));
  }

  /** @param {string} name @returns {Promise<any>} */
  function load(name) {
    let file = files.get(name);
    if (!file) {
      file = new Promise((resolve, reject) => {
        waiting.set(name, resolve);
        const onerror = () => {
          files.delete(name);
          reject(new Error(name));
        };
        document.head.append(make("script", { src: `${root}catchup/${name}.js`, onerror }));
      });
      files.set(name, file);
    }
    return file;
  }

  /**
   * Returns all days between two that have papers, the oldest first.
   * @param {string} from YYYY-MM-DD
   * @param {string} to
   * @returns {Promise<Day[]>}
   */
  async function between(from, to) {
    const years = [];
    for (let year = parseInt(from, 10); year <= parseInt(to, 10); year += 1) {
      const file = load(String(year));
      // A year may have no papers, but the last one has.
      years.push((year < parseInt(to, 10) ? file.catch(() => []) : file).then((/** @type {YearOfDays} */ read) =>
        read.flatMap(([name, days]) => days.map(([day, added, revised]) => ({ day: `${year}-${day}`, name, papers: added + revised })))));
    }
    return (await Promise.all(years)).flat().filter(({ day }) => day >= from && day <= to);
  }

  /** Returns the papers of a day by heading. @param {Day} day @returns {Promise<[string, DayPaper[]][]>} */
  async function papers({ name, day }) {
    const days = /** @type {DayPapers[]} */ (await load(name));
    return days.find(([one]) => one === day)?.[1] ?? [];
  }

  /**
   * Returns the abstracts of the papers in a file as markup, but for revised ones.
   * @param {string} name
   * @returns {Promise<Record<string, string>>}
   */
  async function abstracts(name) {
    /** @type {[DayPapers[], string[]]} */
    const [days, texts] = await Promise.all([load(name), load(`${name}-abstracts`)]);
    const known = days.flatMap(([, groups]) => groups.flatMap(([, members]) => members)).filter((paper) => !paper[6]);
    return Object.fromEntries(known.map(([id], place) => [id, texts[place]]));
  }

  /** @param {Author} author @param {number} place */
  function authorMarkup(author, place) {
    const [told, given] = typeof author === "string" ? [author] : author;
    const name = told.replace("…", "");
    const slug = given ?? fold(name).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const text = escaped(name);
    return (
      (place ? (told === name ? ", " : ", … ") : "") +
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
    const made = make("li");
    const sign = state && `<b${state === "withdrawn" ? ' class="mark"' : ""}>${state}</b> `;
    made.innerHTML =
      `${mark && `<b>${escaped(mark)}</b>`}<a href="${root}abs/${id}/">${rooted(title)}</a>` +
      `<p>${authors.map(authorMarkup).join("")}</p>` +
      `<p>${sign}${escaped(categories.split(" ")[0])} ${id}${date && ` <i>${date}</i>`}</p>` +
      (abstract === undefined ? "" : `<details open><summary>Abstract</summary>${rooted(abstract)}</details>`);
    if (mark) {
      // A revised paper's abstract is on its own page, which cannot be read from a disk.
      if (location.protocol !== "file:") offerAbstract(made);
    } else if (abstract === undefined) {
      offerAbstract(made, async () => {
        const parsed = make("div");
        parsed.innerHTML = rooted((await abstracts(file))[id]);
        setTimeout(nameFiles);
        return [...parsed.childNodes];
      });
    }
    return made;
  }

  /** Returns a day of a list, with its date as heading. @param {string} day */
  function section(day) {
    const made = make("section");
    const weekday = new Date(`${day}T00:00Z`).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
    made.innerHTML =
      `<h2><a href="${root}archive/${day.replaceAll("-", "/")}/">${ReaderFollow.spoken(day)}</a> ` +
      `<small>${weekday}</small></h2>`;
    return made;
  }

  return { take, between, papers, abstracts, item, section };
})();
