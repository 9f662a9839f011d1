// Answers queries from the files of the index, as sitegen/search/engine.py does in Python; the weights are explained
// there. A search runs, notes which files it lacks, and runs again when these are loaded, until it lacks none.
// A classic script, after words.js, query.js and reader.js. It runs in a worker too.
"use strict";

/**
 * @typedef {Map<number, number>} Scores by number of the paper
 * @typedef {{typed: string, used: string}} Correction
 *
 * @typedef {object} Hit
 * @property {string} id arXiv identifier
 * @property {string} url of the paper's page, from the site's root
 * @property {string} date of submission, YYYY-MM-DD
 * @property {number} year
 * @property {string} category the primary one
 * @property {boolean} published
 * @property {string} [title]
 * @property {string} [authors] the first ones, and how many there are more
 */

const SearchEngine = (() => {
  const { Files, addTo, termsBetween, postings, positions, withEnding, described, row } = SearchReader;
  const { WORD_FIELDS, parse, identifier } = SearchQuery;
  /** @typedef {InstanceType<typeof Files>} IndexFiles */
  /** @type {Record<string, number>} */
  const FIELD_WEIGHTS = { t: 14, a: 9 * 2 ** -1.8, b: 1, c: 0.4, j: 0.6, k: 1, i: 1, f: 1 };
  const K1 = 5;
  const INFLECTED = 0.3;
  const GOES_ON = 0.4;
  const SHORTEST_PREFIX = 3;
  const CORRECTED_LETTERS = 4;
  const CORRECTED_WORDS = 8;
  const CANDIDATES = 8;
  /** @param {string} word */
  const isAlpha = (word) => /^\p{L}+$/u.test(word);

  /** The plural of a word, or its singular. @param {string} word @returns {string[]} */
  function forms(word) {
    if (word.length < 4 || !isAlpha(word)) return [];
    if (word.endsWith("ies")) return [`${word.slice(0, -3)}y`];
    if (word.endsWith("ss")) return [`${word}es`];
    if (word.endsWith("es")) return [word.slice(0, -1), word.slice(0, -2)];
    if (word.endsWith("s")) return [word.slice(0, -1)];
    if (word.endsWith("y")) return [`${word.slice(0, -1)}ies`];
    return /[hxz]$/.test(word) ? [`${word}s`, `${word}es`] : [`${word}s`];
  }

  /**
   * Yields the terms that a word stands for, each with the proportion in which it counts.
   * @param {IndexFiles} files
   * @param {string} word
   * @param {string} fields
   * @param {boolean} isPrefix
   * @returns {Generator<[Term, number], void, undefined>}
   */
  function* matching(files, word, fields, isPrefix) {
    const others = WORD_FIELDS.includes(fields[0]) ? forms(word) : [];
    const goesOn = isPrefix && word.length >= SHORTEST_PREFIX;
    for (const term of termsBetween(files, `${word} `, goesOn ? `${word}\uffff` : `${word}!`)) {
      if (fields.includes(term.field)) {
        yield [term, term.word === word ? 1 : others.includes(term.word) ? INFLECTED : GOES_ON];
      }
    }
    for (const other of others) {
      if (goesOn && other.startsWith(word)) continue;
      for (const term of termsBetween(files, `${other} `, `${other}!`)) {
        if (fields.includes(term.field)) yield [term, INFLECTED];
      }
    }
  }

  /**
   * @param {IndexFiles} files
   * @param {string} word
   * @param {string} fields
   * @param {boolean} isPrefix
   * @returns {Scores}
   */
  function wordScores(files, word, fields, isPrefix) {
    /** @type {Scores} */
    const frequency = new Map();
    const exact = new Set();
    for (const [term, factor] of matching(files, word, fields, isPrefix)) {
      const weightOfField = FIELD_WEIGHTS[term.field] * factor;
      for (const [paper, weight] of postings(files, term)) {
        if (files.replaced.has(paper)) continue;
        addTo(frequency, paper, weightOfField * 2 ** (0.6 * weight - 0.9));
        if (factor !== GOES_ON) exact.add(paper);
      }
    }
    const papers = exact.size || frequency.size;
    const rarity = Math.log(1 + (files.papers - papers + 0.5) / (papers + 0.5));
    for (const [paper, value] of frequency) frequency.set(paper, (rarity * value) / (K1 + value));
    return frequency;
  }

  /** @param {IndexFiles} files @param {Atom} atom @returns {Scores} */
  function atomScores(files, atom) {
    const known = files.scores.get(atom);
    if (known) return known;
    /** @type {Scores} */
    const best = new Map();
    files.scores.set(atom, best);
    if (atom.years) for (const paper of files.ofYears(...atom.years)) best.set(paper, 0);
    for (const reading of atom.readings) {
      const last = reading.length - 1;
      let scores = allOf(
        reading.map(([, word], index) => wordScores(files, word, atom.fields, !!atom.isPrefix && index === last)),
      );
      if (atom.isPhrase) {
        const found = withPhrase(files, reading, atom.fields, scores);
        scores = new Map([...scores].filter(([paper]) => found.has(paper)));
      }
      for (const [paper, score] of scores) best.set(paper, Math.max(score, best.get(paper) ?? 0));
    }
    return best;
  }

  /** The sums of the scores of papers that are in all parts. @param {Scores[]} parts @returns {Scores} */
  function allOf(parts) {
    const fewest = parts.reduce((one, other) => (other.size < one.size ? other : one));
    /** @type {Scores} */
    const sums = new Map();
    for (const paper of fewest.keys()) {
      if (parts.every((part) => part.has(paper))) for (const part of parts) addTo(sums, paper, part.get(paper));
    }
    return sums;
  }

  /**
   * Returns those of the papers that have the words of a reading in their order, in one field.
   * @param {IndexFiles} files
   * @param {[number, string][]} reading
   * @param {string} fields
   * @param {Scores} papers
   */
  function withPhrase(files, reading, fields, papers) {
    /** @type {Set<number>} */
    const found = new Set();
    for (const field of fields) {
      /** @type {Map<number, Set<number>> | undefined} */
      let starts;
      for (const [distance, word] of reading) {
        /** @type {Map<number, Set<number>>} */
        const here = new Map();
        for (const term of termsBetween(files, `${word} ${field}`, `${word} ${field}!`)) {
          for (const [paper, where] of positions(files, term, papers)) {
            const before = starts?.get(paper);
            const begins = where.map((position) => position - distance);
            here.set(paper, new Set(starts ? begins.filter((one) => before?.has(one)) : begins));
          }
        }
        starts = here;
      }
      for (const [paper, where] of starts ?? []) if (where.size) found.add(paper);
    }
    return found;
  }

  /** @param {IndexFiles} files @param {Query} query @returns {Scores} */
  function matches(files, query) {
    if (!query.groups.length) return new Map();
    const scores = allOf(
      query.groups.map((group) => {
        /** @type {Scores} */
        const sums = new Map();
        for (const atom of group) {
          for (const [paper, score] of atomScores(files, atom)) addTo(sums, paper, score);
        }
        return sums;
      }),
    );
    for (const atom of query.without) for (const paper of atomScores(files, atom).keys()) scores.delete(paper);
    return scores;
  }

  /**
   * Returns the query with misspelled words corrected, its scores, and what was corrected. Misspelled are words that
   * no paper has; if all words are in some paper but not together, any word may be. Of several corrections of a word,
   * the one with most hits is used; unknown words after it are left out of these searches.
   * @param {IndexFiles} files
   * @param {Query} query
   * @param {Scores} scores
   * @returns {{query: Query, scores: Scores, corrections: Correction[]}}
   */
  function corrected(files, query, scores) {
    /** @type {Correction[]} */
    const corrections = [];
    const { without } = query;
    let { groups } = query;
    const single = singleWords(query).slice(0, CORRECTED_WORDS);
    const unknown = single.filter(([group, place]) => !atomScores(files, groups[group][place]).size);
    for (const [number, [group, place]] of (unknown.length || scores.size ? unknown : single).entries()) {
      const atom = groups[group][place];
      const later = unknown.slice(number + 1).map(([one]) => one).filter((one) => groups[one].length === 1);
      let best = { groups, size: 0, used: "" };
      for (const used of nearest(files, atom.readings[0][0][1], atom.fields)) {
        const other = groups.map((atoms) => [...atoms]);
        other[group][place] = { ...atom, readings: [[[0, used]]], isPrefix: false };
        const { size } = matches(files, { groups: other.filter((_, one) => !later.includes(one)), without });
        if (size > best.size) best = { groups: other, size, used };
      }
      if (best.used) {
        groups = best.groups;
        corrections.push({ typed: atom.typed, used: best.used });
        if (!unknown.length) break;
      }
    }
    if (!corrections.length) return { query, scores, corrections };
    const found = matches(files, { groups, without });
    return found.size ? { query: { groups, without }, scores: found, corrections } : { query, scores, corrections: [] };
  }

  /** Group and place of the atoms that may be corrected. @param {Query} query @returns {[number, number][]} */
  function singleWords(query) {
    return query.groups.flatMap((atoms, group) =>
      atoms.flatMap(({ readings: [reading], fields }, place) => {
        const word = reading?.length === 1 ? reading[0][1] : "";
        const may = word.length >= CORRECTED_LETTERS && isAlpha(word) && WORD_FIELDS.includes(fields[0]);
        return may ? [/** @type {[number, number]} */ ([group, place])] : [];
      }),
    );
  }

  /** The most frequent words of one edit from this one. @param {IndexFiles} files @param {string} word @param {string} fields */
  function nearest(files, word, fields) {
    /** @type {Map<string, number>} */
    const frequency = new Map();
    /** @param {string} other @param {number} papers */
    const add = (other, papers) => frequency.set(other, Math.max(frequency.get(other) ?? 0, papers));
    const beginning = word.slice(0, Math.max(2, word.length - 3));
    for (const term of termsBetween(files, beginning, `${beginning}\uffff`)) {
      if (fields.includes(term.field) && WORD_FIELDS.includes(term.field) && isOneEdit(word, term.word)) {
        add(term.word, postings(files, term).length);
      }
    }
    if (/[tb]/.test(fields)) {
      for (const [other, papers] of withEnding(files, word)) if (isOneEdit(word, other)) add(other, papers);
    }
    return [...frequency]
      .sort(([one, papers], [other, more]) => more - papers || (one < other ? -1 : 1))
      .slice(0, CANDIDATES)
      .map(([other]) => other);
  }

  /** Whether a letter put in, left out, replaced, or exchanged with the next makes one word the other. @param {string} one @param {string} other */
  function isOneEdit(one, other) {
    if (one === other) return false;
    let same = 0;
    while (one[same] === other[same]) same += 1;
    const [a, b] = [one.slice(same), other.slice(same)];
    const isExchanged = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
    return a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1) || isExchanged;
  }

  /**
   * Returns the answer to a query from the files that are loaded; `files.lacking` names those that it lacks.
   * @param {IndexFiles} files
   * @param {string} text
   */
  function answer(files, text) {
    let query = parse(text);
    const wanted = identifier(text);
    if (wanted) query = { groups: [[{ typed: wanted, fields: "i", readings: [[[0, wanted]]] }]], without: [] };
    let scores = matches(files, query);
    /** @type {Correction[]} */
    let corrections = [];
    if (!files.lacking.size) ({ query, scores, corrections } = corrected(files, query, scores));
    for (const [paper, score] of scores) scores.set(paper, Math.floor(score * 1000 + 0.5) / 1000);
    const papers = [...scores.keys()].sort(
      (one, other) => (scores.get(other) ?? 0) - (scores.get(one) ?? 0) || files.order(other) - files.order(one),
    );
    return { papers, scores, corrections, query, wanted };
  }

  /** The forms that a query asks for, to mark them. @param {Query} query */
  function wordsOf(query) {
    const found = query.groups.flat().flatMap(({ readings, isPrefix, fields }) => {
      if (!WORD_FIELDS.includes(fields[0])) return [];
      return readings.flatMap((reading) =>
        reading.flatMap(([, word], index) => {
          const goesOn = isPrefix && index === reading.length - 1 && word.length >= SHORTEST_PREFIX;
          return [word + (goesOn ? "*" : ""), ...forms(word)];
        }),
      );
    });
    return [...new Set(found)];
  }

  /** The files of an index, and a function that loads more. */
  class Search {
    /** @param {(name: string) => Promise<any>} load returns the value of a file by its name below search/ */
    constructor(load) {
      this.load = load;
      /** @type {Promise<IndexFiles> | undefined} */
      this.opened = undefined;
      /** @type {Map<string, Promise<any>>} */
      this.loading = new Map();
    }

    /** Loads the head of the index. @returns {Promise<IndexFiles>} */
    open() {
      this.opened ??= this.load("head").then((head) => new Files(head));
      return this.opened;
    }

    /**
     * Runs a function of the files, again and again, until it lacks none.
     * @template T
     * @param {(files: IndexFiles) => T} ask
     * @returns {Promise<T>}
     */
    async withFiles(ask) {
      for (let retries = 1; ; ) {
        const opened = this.open();
        try {
          const files = await opened;
          files.lacking.clear();
          files.scores.clear();
          const found = ask(files);
          if (!files.lacking.size) return found;
          await Promise.all([...files.lacking].map((name) => this.fetch(files, name)));
        } catch (error) {
          // The site may have been updated, and its index have other files now.
          if (!retries) throw error;
          retries -= 1;
          if (this.opened === opened) this.opened = undefined;
        }
      }
    }

    /** @param {IndexFiles} files @param {string} name */
    async fetch(files, name) {
      const loading = this.loading.get(name) ?? this.load(name);
      this.loading.set(name, loading);
      try {
        files.loaded.set(name, await loading);
      } finally {
        this.loading.delete(name);
      }
    }
  }

  /**
   * Returns what the index says of some papers.
   * @param {IndexFiles} files
   * @param {number[]} papers
   * @param {boolean} [rows] whether with titles and authors, which costs up to 50 KB for each
   * @returns {Hit[]}
   */
  function describe(files, papers, rows) {
    return papers.map((paper) => /** @type {Hit} */ ({ ...described(files, paper), ...(rows && row(files, paper)) }));
  }

  /** The value of a file of the index, from its text. @param {string} text */
  function valueOf(text) {
    return JSON.parse(text.slice(text.indexOf(",") + 1, text.lastIndexOf(")")));
  }

  /**
   * Returns a function that loads files of the index: by fetch, or by script elements where pages are on a disk.
   * @param {string} folder address of search/, with a slash at its end
   * @returns {(name: string) => Promise<any>}
   */
  function loaderFrom(folder) {
    if (!folder.startsWith("file:")) {
      return async (name) => {
        // The names of all files but the heads change with their content.
        const response = await fetch(`${folder}${name}.js`, { cache: name.endsWith("head") ? "no-cache" : "default" });
        if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
        return valueOf(await response.text());
      };
    }
    /** @type {Map<string, (value: any) => void>} */
    const waiting = new Map();
    Object.assign(globalThis, {
      sitegenSearch: (/** @type {string} */ name, /** @type {any} */ value) => waiting.get(name)?.(value),
    });
    return (name) =>
      new Promise((resolve, reject) => {
        waiting.set(name, resolve);
        const script = document.createElement("script");
        script.src = `${folder}${name}.js`;
        script.onerror = () => reject(new Error(script.src));
        document.head.append(script);
      });
  }

  return { Search, answer, describe, wordsOf, loaderFrom, valueOf, isOneEdit };
})();
