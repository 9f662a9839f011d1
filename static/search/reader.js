// Reads the files of the index, as sitegen/search/reader.py does in Python. The format is described in
// sitegen/search/index.py, the numbers in sitegen/search/codec.py. A classic script.
"use strict";

/**
 * @typedef {object} Tier
 * @property {string} folder
 * @property {number} papers
 * @property {string[]} starts first term of each bucket
 * @property {[string, number][]} years first paper of each year
 * @property {string[]} categories
 *
 * @typedef {object} Head
 * @property {Tier[]} tiers base and tail
 * @property {[number, number][]} replaced numbers in base and tail of papers that are in both
 *
 * @typedef {object} Term where a term is in the index
 * @property {string} word
 * @property {string} field
 * @property {number} tier
 * @property {number} bucket
 * @property {number} entry
 */

const SearchReader = (() => {
  const PLACES_BUCKETS = 4;
  const PAPERS_IN_A_FILE = 256;
  const ROWS_IN_A_FILE = 1024;
  const ENDING_FILES = 16;
  const LAST = 60; // digits below end a number
  const MORE = 31;
  const DAYS_TO_1970 = 719163; // from 1 January of year 1, which is day 1
  /** @param {string} text @param {number} [at] */
  const digit = (text, at = 0) => {
    const code = text.charCodeAt(at);
    return code - (code > 92 ? 36 : 35);
  };

  /** The numbers that a text of digits holds, or the first of them. @param {string} text @param {number} [most] */
  function numbers(text, most = Infinity) {
    /** @type {number[]} */
    const found = [];
    let value = 0;
    let factor = 1;
    for (let at = 0; at < text.length && found.length < most; at += 1) {
      const one = digit(text, at);
      if (one >= LAST) {
        value += (one - LAST) * factor;
        factor *= MORE;
      } else {
        found.push(value + one * factor);
        value = 0;
        factor = 1;
      }
    }
    return found;
  }

  /** Adds to the number that a map has for a key. @template K @param {Map<K, number>} sums @param {K} key @param {number} [more] */
  const addTo = (sums, key, more = 1) => sums.set(key, (sums.get(key) ?? 0) + more);

  /** @param {string[]} coded front-coded words */
  function frontDecoded(coded) {
    let word = "";
    return coded.map((text) => (word = word.slice(0, digit(text)) + text.slice(1)));
  }

  /** The files that are loaded, and the names of those that a search lacks. */
  class Files {
    /** @param {Head} head */
    constructor(head) {
      this.tiers = head.tiers;
      this.first = [0, head.tiers[0].papers]; // number of the first paper of each tier
      /** @type {Map<number, number>} */
      this.replaced = new Map(head.replaced.map(([old, now]) => [old, this.first[1] + now]));
      /** @type {Map<number, number>} */
      this.replaces = new Map([...this.replaced].map(([old, now]) => [now, old]));
      this.papers = this.first[1] + head.tiers[1].papers - this.replaced.size;
      /** @type {Set<string>} */
      this.lacking = new Set();
      /** @type {Map<string, any>} */
      this.loaded = new Map();
      /** @type {Map<object, Map<number, number>>} */
      this.scores = new Map(); // of each part of the query, as far as the files that are loaded tell
      // From when to when papers of a year, which is first, are numbered in a tier.
      this.years = head.tiers.flatMap(({ years, papers }, tier) =>
        years.map(([year, begin], place) => [
          Number(year),
          this.first[tier] + begin,
          this.first[tier] + (years[place + 1]?.[1] ?? papers),
        ]),
      );
      /** @type {Map<string, [string, string][]>} */
      this.buckets = new Map();
    }

    /** @param {string} name */
    get(name) {
      if (!this.loaded.has(name)) this.lacking.add(name);
      return this.loaded.get(name);
    }

    /** The terms of a bucket with their postings; none if the file is lacking. @param {string} name */
    bucket(name) {
      let known = this.buckets.get(name);
      if (!known) {
        const text = this.get(name);
        if (text === undefined) return [];
        /** @type {string[][]} */
        const parts = text.split("!").map((/** @type {string} */ part) => part.split(" "));
        const words = frontDecoded(parts.map(([word]) => word));
        known = parts.flatMap(([, ...fields], place) =>
          fields.map((field) => /** @type {[string, string]} */ ([`${words[place]} ${field[0]}`, field.slice(1)])),
        );
        this.buckets.set(name, known);
      }
      return known;
    }

    /** A number that is higher for papers that were submitted later. @param {number} paper */
    order(paper) {
      return this.replaces.get(paper) ?? paper;
    }

    /** The tier of a paper and its number there. @param {number} paper @returns {[Tier, number]} */
    place(paper) {
      const tier = paper >= this.first[1] ? 1 : 0;
      return [this.tiers[tier], paper - this.first[tier]];
    }

    /** The papers submitted in some years, replaced ones left out. @param {number} first @param {number} last */
    *ofYears(first, last) {
      for (const [year, begin, end] of this.years) {
        if (year < first || year > last) continue;
        for (let paper = begin; paper < end; paper += 1) if (!this.replaced.has(paper)) yield paper;
      }
    }

    /** The year in which a paper was submitted. @param {number} paper */
    year(paper) {
      return this.years.find(([, begin, end]) => paper >= begin && paper < end)?.[0] ?? 0;
    }
  }

  /**
   * Yields all terms from `low` up to but without `high`, in both tiers.
   * @param {Files} files
   * @param {string} low
   * @param {string} high
   * @returns {Generator<Term, void, undefined>}
   */
  function* termsBetween(files, low, high) {
    for (const [tier, { folder, starts }] of files.tiers.entries()) {
      for (const [bucket, start] of starts.entries()) {
        if (start > high || starts[bucket + 1] <= low) continue;
        for (const [entry, [term]] of files.bucket(`${folder}/w${bucket}`).entries()) {
          if (low <= term && term < high) {
            const blank = term.lastIndexOf(" ");
            yield { word: term.slice(0, blank), field: term.slice(blank + 1), tier, bucket, entry };
          }
        }
      }
    }
  }

  /**
   * Returns the papers that have a term, and the weight in each. Replaced papers are among them.
   * @param {Files} files
   * @param {Term} term
   * @returns {[number, number][]}
   */
  function postings(files, { tier, bucket, entry }) {
    const [, text] = files.bucket(`${files.tiers[tier].folder}/w${bucket}`)[entry];
    const [count] = numbers(text, 1);
    const distances = numbers(text, count + 1);
    /** @type {[number, number][]} */
    const found = [];
    let paper = files.first[tier] - 1;
    for (let index = 0; index < count; index += 1) {
      paper += distances[index + 1] + 1;
      const pair = digit(text, text.length - ((count + 1) >> 1) + (index >> 1));
      found.push([paper, index % 2 ? Math.floor(pair / 9) : pair % 9]);
    }
    return found;
  }

  /**
   * Yields those of the papers that have a term, with its positions.
   * @param {Files} files
   * @param {Term} term
   * @param {Map<number, number>} papers
   * @returns {Generator<[number, number[]], void, undefined>}
   */
  function* positions(files, term, papers) {
    const { tier, bucket, entry } = term;
    const value = files.get(`${files.tiers[tier].folder}/p${Math.floor(bucket / PLACES_BUCKETS)}`);
    if (value === undefined) return;
    const values = numbers(value[bucket % PLACES_BUCKETS].split("!")[entry]);
    let at = 0;
    for (const [paper] of postings(files, term)) {
      const found = [];
      let position = 0;
      let step = 0;
      do {
        step = values[at];
        at += 1;
        position += step >> 1;
        found.push(position);
      } while (step % 2 === 0);
      if (papers.has(paper)) yield [paper, found];
    }
  }

  /**
   * Yields words with the same last two letters, and about how many papers have each.
   * @param {Files} files
   * @param {string} word
   * @returns {Generator<[string, number], void, undefined>}
   */
  function* withEnding(files, word) {
    const tier = files.tiers.find(({ papers }) => papers);
    if (!tier) return;
    const ending = (7 * word.charCodeAt(word.length - 2) + word.charCodeAt(word.length - 1)) % ENDING_FILES;
    /** @type {string[]} */
    const parts = (files.get(`${tier.folder}/e${ending}`) ?? "").split("!").filter(Boolean);
    for (const [index, reversed] of frontDecoded(parts.map((part) => part.slice(0, -1))).entries()) {
      const part = parts[index];
      yield [[...reversed].reverse().join(""), Math.floor(2 ** digit(part, part.length - 1) / 2)];
    }
  }

  /**
   * Returns what the index says of a paper, day as YYYY-MM-DD; undefined if the file is lacking.
   * @param {Files} files
   * @param {number} paper
   */
  function described(files, paper) {
    const [{ folder, categories }, number] = files.place(paper);
    const value = files.get(`${folder}/d${Math.floor(number / PAPERS_IN_A_FILE)}`);
    if (value === undefined) return undefined;
    const [ids, days, places, published] = value;
    const at = number % PAPERS_IN_A_FILE;
    const id = frontDecoded(ids.split(" "))[at];
    const day = numbers(days, at + 1).reduce((sum, distance) => sum + distance) - DAYS_TO_1970;
    return {
      id,
      url: `abs/${id}/`,
      date: new Date(day * 86400000).toISOString().slice(0, 10),
      year: files.year(paper),
      category: categories[numbers(places)[at]],
      published: published[at] === "1",
    };
  }

  /**
   * Returns title and first authors of a paper; undefined if the file is lacking.
   * @param {Files} files
   * @param {number} paper
   */
  function row(files, paper) {
    const [{ folder }, number] = files.place(paper);
    const value = files.get(`${folder}/r${Math.floor(number / ROWS_IN_A_FILE)}`);
    if (value === undefined) return undefined;
    const at = number % ROWS_IN_A_FILE * 2;
    return { title: value[at], authors: value[at + 1].replace(/\+(\d+)$/, " and $1 more") };
  }

  return { numbers, addTo, frontDecoded, Files, termsBetween, postings, positions, withEnding, described, row };
})();
