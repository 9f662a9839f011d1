// Finds papers and persons for the interface: filters, counts, suggestions. It runs in a worker where there is one.
// The index of persons is described in sitegen/search/people.py. A classic script, after engine.js.
"use strict";

/**
 * @typedef {object} Wanted what the address of the search page says
 * @property {string} q
 * @property {string} [years] 2015-2019
 * @property {string} [cat]
 * @property {string} [author] slug
 * @property {string} [published]
 * @property {string} [sort] "new", or empty for the best first
 * @property {string} [page] from 1
 *
 * @typedef {[string, string, number]} Choice value, label and number of hits of a filter
 * @typedef {{slug: string, name: string, words: string[][]}} Somebody each word of the name with its other forms
 * @typedef {{label: string, url: string, kind: string}} Suggestion
 * @typedef {(method: string, ...values: any[]) => Promise<any>} Ask calls a method of a Finder
 * @typedef {{categories: string[], people: Somebody[], papers: number[][]}} Columns
 */

const SearchFinder = (() => {
  const { Search, answer, describe, wordsOf, loaderFrom, isOneEdit } = SearchEngine;
  const { words, fold } = SearchWords;
  const NAMES = "../names/";
  const PEOPLE_FILES = 47;
  const ENDING_FILES = 8;
  const SHOWN = 8; // choices of a filter

  /** @param {string} name */
  const slugOf = (name) => fold(name).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  /** @param {string} word */
  const fileOf = (word) =>
    [...word.slice(0, 3)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % PEOPLE_FILES, 0);

  /** @param {string} lines @returns {Somebody[]} */
  function peopleIn(lines) {
    return lines.split("\n").filter(Boolean).map((line) => {
      const [name, slug, others = ""] = line.split("!");
      const [own, second] = words(name);
      /** @type {string[][]} */
      const forms = own.map((word) => [word]);
      for (const [place, word] of second) forms[place].push(word);
      if (others) forms.push(...others.split(" ").map((word) => [word]));
      return { name, slug: slug || slugOf(name), words: forms };
    });
  }

  /**
   * How well a name fits what was typed: 0 if not at all. Each word typed must be, or begin, a word of the name; one may
   * have a typing error, and an initial stands for a name and a name for an initial; not so in a strict search.
   * @param {string[]} typed
   * @param {Somebody} person
   * @param {boolean} [isStrict]
   */
  function fit(typed, { words: names }, isStrict) {
    const free = [...names];
    let sum = 1;
    let mistakes = 0;
    for (const word of typed) {
      let best = 0;
      let place = -1;
      free.forEach((forms, index) => {
        for (const name of forms) {
          const points = name === word ? 4 : name.startsWith(word) ? 3 : name === word[0] ? 1
            : word.length > 3 && isOneEdit(word, name) ? 0.5 : 0;
          if (points > best && (points > 2 || !isStrict)) [best, place] = [points, index];
        }
      });
      if (!best && word.length < 4 && !isStrict) {
        // Bassett DS
        const initials = [...word].map((letter) => free.findIndex((forms) => forms[0]?.startsWith(letter)));
        if (word.length > 1 && new Set(initials).size === word.length && !initials.includes(-1)) {
          for (const index of initials) free[index] = [];
          best = 1;
        }
      }
      mistakes += best === 0.5 ? 1 : 0;
      if (!best || mistakes > 1) return 0;
      if (place >= 0) free[place] = [];
      sum += best;
    }
    return sum;
  }

  class Finder {
    /** @param {string} root address of the site, with a slash at its end */
    constructor(root) {
      const load = loaderFrom(`${root}search/`);
      this.isDisk = root.startsWith("file:");
      this.search = new Search(load);
      /** @type {Map<string, Promise<any>>} */
      this.files = new Map();
      /** @param {string} name */
      this.names = (name) => {
        const known = this.files.get(name) ?? load(name);
        this.files.set(name, known);
        known.catch(() => this.files.delete(name));
        return known;
      };
      /** @type {[string, Promise<ReturnType<typeof answer>>] | undefined} */
      this.last = undefined;
      /** @type {Promise<Columns[]> | undefined} */
      this.columns = undefined;
      /** @type {Promise<unknown> | undefined} */
      this.opened = undefined;
    }

    /** The head of the index of persons. */
    head() {
      return this.names(`${NAMES}head`);
    }

    /** @param {string} q */
    answer(q) {
      const opened = this.search.open();
      if (this.opened !== opened) {
        // The site was updated, and papers may have other numbers now.
        this.opened = opened;
        this.last = this.columns = undefined;
        this.files.clear();
      }
      if (this.last?.[0] !== q) this.last = [q, this.search.withFiles((files) => answer(files, q))];
      return this.last[1];
    }

    /** Category, publication and authors of all papers, of both tiers. @returns {Promise<Columns[]>} */
    facets() {
      this.columns ??= this.head().then(async (head) => {
        const { tiers } = await this.search.open();
        const base = tiers[0].papers ? await this.names(`${head.folder}f`) : ["", "", ""];
        return [base, head.facets].map(([categories, people, column]) => {
          const values = SearchReader.numbers(column);
          const papers = [];
          for (let at = 0; at < values.length; at += 2 + values[at + 1]) {
            papers.push([values[at], ...values.slice(at + 2, at + 2 + values[at + 1])]);
          }
          return { categories: categories.split("\n"), people: peopleIn(people), papers };
        });
      });
      this.columns.catch(() => {
        this.columns = undefined;
        this.files.clear();
      });
      return this.columns;
    }

    /**
     * Returns the papers that match, and a function that gives a paper's values of the four filters.
     * @param {Wanted} wanted
     */
    async filtered({ q, years, cat, author, published }) {
      const found = await this.answer(q);
      const files = await this.search.open();
      if (!years && !cat && !author && !published) return { found, files, papers: found.papers };
      /** @type {(paper: number) => any[]} */
      const values = await this.values();
      const [from, to = from] = (years ?? "").split("-");
      /** @type {((value: any) => boolean)[]} */
      const tests = [
        (year) => !years || (year >= Number(from || 0) && year <= Number(to || 9999)),
        (category) => !cat || category === cat,
        (isPublished) => !published || isPublished,
        (authors) => !author || authors.some((/** @type {Somebody} */ one) => one.slug === author),
      ];
      return { found, files, tests, papers: found.papers.filter((paper) => values(paper).every((value, index) => tests[index](value))) };
    }

    /** @returns {Promise<(paper: number) => [number, string, boolean, Somebody[]]>} */
    async values() {
      const columns = await this.facets();
      const files = await this.search.open();
      return (paper) => {
        const tier = paper >= files.first[1] ? 1 : 0;
        const { categories, people, papers } = columns[tier];
        const [category, ...authors] = papers[paper - files.first[tier]];
        return [files.year(paper), categories[category >> 1], category % 2 === 1, authors.map((one) => people[one])];
      };
    }

    /**
     * Returns one page of the papers that match.
     * @param {Wanted} wanted
     * @param {number} size papers on a page
     * @param {boolean} [rows] whether with titles and authors
     */
    async find(wanted, size, rows = this.isDisk) {
      const { found, files, papers } = await this.filtered(wanted);
      const start = (Number(wanted.page || 1) - 1) * size;
      const sorted = wanted.sort ? [...papers].sort((one, other) => files.order(other) - files.order(one)) : papers;
      const shown = sorted.slice(start, start + size);
      const hits = await this.search.withFiles((known) => describe(known, shown, rows));
      return {
        total: papers.length,
        hits,
        corrections: found.corrections,
        words: wordsOf(found.query),
        wanted: found.wanted,
      };
    }

    /**
     * Counts the papers that match by each filter, as if that filter were off.
     * @param {Wanted} wanted
     */
    async counts(wanted) {
      const { found, files, tests } = await this.filtered(wanted);
      /** @type {(paper: number) => any[]} */
      const values = await this.values();
      const all = found.papers.map(values);
      /** @param {number} own @returns {Map<any, number>} */
      const count = (own) => {
        const counts = new Map();
        for (const paper of all) {
          if (tests?.some((test, index) => index !== own && !test(paper[index]))) continue;
          for (const value of [paper[own]].flat()) {
            const key = value.slug ?? value;
            SearchReader.addTo(counts, key);
            if (value.slug) names.set(key, value.name);
          }
        }
        return counts;
      };
      /** @type {Map<string, string>} */
      const names = new Map();
      /** @param {number} own @param {string} [chosen] @returns {Choice[]} */
      const choices = (own, chosen) =>
        [...count(own)]
          .sort(([one, papers], [other, more]) => Number(other === chosen) - Number(one === chosen) || more - papers || (one < other ? -1 : 1))
          .slice(0, SHOWN)
          .map(([value, papers]) => [value, names.get(value) ?? value, papers]);
      const everyYear = files.years.map(([year]) => year);
      return {
        first: Math.min(...everyYear),
        last: Math.max(...everyYear),
        years: count(0),
        categories: choices(1, wanted.cat),
        published: count(2).get(true) ?? 0,
        authors: choices(3, wanted.author),
      };
    }

    /** The words that many papers share: the logarithm of one in how many has each. @returns {Promise<Record<string, number>>} */
    async common() {
      return (await this.head()).common;
    }

    /**
     * Returns persons by any parts of their name, the best first.
     * @param {string} text
     * @param {number} [strict] how many at most, all words of whose names begin as typed
     * @returns {Promise<Suggestion[]>}
     */
    async people(text, strict) {
      const typed = words(text)[0];
      if (!typed.some((word) => word.length > 1)) return [];
      const head = await this.head();
      const isBased = (await this.search.open()).tiers[0].papers > 0;
      const tail = peopleIn(head.lines);
      /** @param {string[]} keys @returns {Promise<Suggestion[]>} */
      const among = async (keys) => {
        const files = isBased ? [...new Set(keys.filter((key) => key.length > 1).map(fileOf))] : [];
        const lists = await Promise.all(files.map((file) => this.names(`${head.folder}${file}`).then(peopleIn)));
        /** @type {Map<string, [number, Somebody]>} */
        const found = new Map();
        for (const person of [...lists.flat(), ...tail]) {
          const points = fit(typed, person, !!strict);
          if (points) found.set(person.slug, [points, person]);
        }
        return [...found.values()]
          .sort(([one], [other]) => other - one)
          .slice(0, strict ?? SHOWN)
          .map(([, { name, slug }]) => ({ label: name, url: `authors/${slug}/`, kind: strict ? "author" : "" }));
      };
      const found = await among(typed);
      const long = typed.filter((word) => word.length > 3);
      if (found.length || !long.length || !isBased || strict) return found;
      // No name begins like this: find words of one edit by their last two letters, which are likely right.
      const near = await Promise.all(
        long.map(async (word) => {
          const file = (word.charCodeAt(word.length - 2) + word.charCodeAt(word.length - 1)) % ENDING_FILES;
          const all = /** @type {string} */ (await this.names(`${head.folder}e${file}`)).split(" ");
          return SearchReader.frontDecoded(all).filter((other) => isOneEdit(word, other));
        }),
      );
      return among(near.flat());
    }

    /** Returns what a reader may be about to type. @param {string} text */
    async suggest(text) {
      const [papers, people, { categories }] = await Promise.all([
        this.find({ q: text }, 4),
        this.people(text, 3),
        this.head(),
      ]);
      const typed = words(text)[0];
      const fields = categories.filter((/** @type {[string, string]} */ names) => {
        const own = words(names.join(" "))[0];
        return typed.length && typed.every((word) => own.some((one) => one.startsWith(word)));
      });
      return {
        papers: papers.hits,
        words: papers.words,
        people,
        categories: fields.slice(0, 2).map((/** @type {[string, string]} */ [code, name]) => ({ label: `${name} (${code})`, url: `categories/${code}/`, kind: "category" })),
      };
    }
  }

  /** The address of the site, from that of these scripts, which are in static/. @param {string} script */
  const rootOf = (script) => script.slice(0, script.lastIndexOf("static/"));

  /**
   * Returns a function that asks a Finder in a worker, or on this page where pages on a disk may start none.
   * @param {string} script address of these scripts
   * @returns {Ask}
   */
  function connect(script) {
    if (script.startsWith("file:")) {
      /** @type {any} */
      const finder = new Finder(rootOf(script));
      return (method, ...values) => finder[method](...values);
    }
    const worker = new Worker(script);
    /** @type {((answer: any[]) => void)[]} */
    const waiting = [];
    worker.onmessage = ({ data: [number, ...answer] }) => waiting[number](answer);
    return (method, ...values) =>
      new Promise((resolve, reject) => {
        const number = waiting.push(([value, error]) => (error ? reject(new Error(error)) : resolve(value))) - 1;
        worker.postMessage([number, method, values]);
      });
  }

  /** Answers in a worker, which loads the head of the index while the reader types. */
  function serve() {
    /** @type {any} */
    const finder = new Finder(rootOf(location.href));
    finder.search.open().catch(() => {}); // the first question says so
    addEventListener("message", async ({ data: [number, method, values] }) => {
      try {
        postMessage([number, await finder[method](...values)]);
      } catch (error) {
        postMessage([number, undefined, String(error)]);
      }
    });
  }

  if ("WorkerGlobalScope" in globalThis) serve();
  return { Finder, connect, rootOf };
})();
