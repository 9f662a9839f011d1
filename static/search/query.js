// Reads what a reader typed, as sitegen/search/query.py does in Python. A classic script, after words.js.
"use strict";

/**
 * @typedef {object} Atom a word or a phrase to search for, in some fields
 * @property {string} typed
 * @property {string} fields letters
 * @property {[number, string][][]} readings lists of words that must all be there, with distances from the first
 * @property {boolean} [isPhrase]
 * @property {boolean} [isPrefix] the last word may go on
 * @property {[number, number]} [years] of submission; a paper needs these or one of the readings
 *
 * @typedef {object} Query
 * @property {Atom[][]} groups a paper must match one atom of each
 * @property {Atom[]} without a paper must match none of these
 */

const SearchQuery = (() => {
  const { STOP_WORDS, words } = SearchWords;
  const WORD_FIELDS = "tbacj";
  const VERBATIM = "kif";
  /** @type {Record<string, string>} */
  const PREFIXES = { ti: "t", abs: "b", au: "a", co: "c", jr: "j", cat: "k", id: "i", is: "f" };
  const ATOM = /(-?)(?:(ti|abs|au|co|jr|cat|id|is|year):)?(?:"([^"]*)"?|(\S+))/gi;
  const YEARS = /^(\d{4})?(\.\.|-)?(\d{4})?$/;
  const YEAR = /^(?:19|20)\d\d$/;
  // What may be before an arXiv identifier: an address, an OAI name, a DOI.
  const ARXIV_PREFIX = /^\S*arxiv(?:\.org[:/](?:(?:abs|pdf|html)\/)?|[:.])/i;
  // An identifier with what may follow it: a version, .pdf, ?context=q-bio.
  const ARXIV =
    /^(?:(\d\d(?:0[1-9]|1[0-2])\.\d{4,5})|([a-z-]+)(?:\.[a-z-]+)?\/(\d{7}))(?:v\d+)?(?:\.pdf)?\/*(?:[?#].*)?$/i;
  const DOI = /^(?:\S*\/|doi:)?(10\.\d{4,9}\/\S+)$/i; // publishers have it in their addresses too

  /**
   * Returns the query that a text stands for.
   * @param {string} text
   * @returns {Query}
   */
  function parse(text) {
    /** @type {Atom[][]} */
    const groups = [];
    /** @type {Atom[]} */
    const without = [];
    let joinsNext = false;
    const found = [...text.matchAll(ATOM)];
    found.forEach((match, index) => {
      if (match[0] === "OR" && groups.length) {
        joinsNext = true;
        return;
      }
      const goesOn = index === found.length - 1 && !/\s$/.test(text);
      atoms(match, goesOn).forEach((atom, number) => {
        if (match[1]) without.push(atom);
        else if (joinsNext && number === 0) groups[groups.length - 1].push(atom);
        else groups.push([atom]);
      });
      joinsNext = false;
    });
    if (without.length && !groups.length) groups.push([{ typed: "", fields: "", readings: [], years: [0, 9999] }]); // of all papers
    // Of most fields stop words are not indexed.
    const kept = groups.filter(
      (group) =>
        !group.every(
          (atom) => atom.fields === WORD_FIELDS && !atom.isPrefix && STOP_WORDS.has(atom.typed.toLowerCase()),
        ),
    );
    return { groups: kept.length ? kept : groups, without };
  }

  /**
   * Returns the arXiv identifier or the DOI that a query consists of, as it is indexed, or an empty text.
   * @param {string} text
   */
  function identifier(text) {
    text = text.trim();
    const match = ARXIV.exec(text.replace(ARXIV_PREFIX, ""));
    return (match ? match[1] ?? `${match[2]}/${match[3]}` : DOI.exec(text)?.[1] ?? "").toLowerCase();
  }

  /**
   * @param {RegExpMatchArray} match
   * @param {boolean} goesOn
   * @returns {Atom[]}
   */
  function atoms(match, goesOn) {
    const prefix = (match[2] ?? "").toLowerCase();
    const quoted = match[3] !== undefined;
    const typed = match[3] ?? match[4];
    if (prefix === "year") {
      const [, first, dots, last] = YEARS.exec(typed) ?? [];
      if (first || last) {
        return [{ typed, fields: "", readings: [], years: [Number(first ?? 0), Number(last ?? (dots ? 9999 : first))] }];
      }
    }
    const fields = PREFIXES[prefix] ?? WORD_FIELDS;
    if (VERBATIM.includes(fields)) {
      const value = (fields === "i" && identifier(typed)) || typed.toLowerCase();
      return value ? [{ typed, fields, readings: [[[0, value]]], isPrefix: fields !== "f" }] : [];
    }
    const [inOrder, secondForms] = words(typed);
    /** @type {[number, string][]} */
    const all = inOrder.map((word, position) => [position, word]);
    if (quoted) {
      const telling = all.filter(([, word]) => !STOP_WORDS.has(word));
      const kept = telling.length ? telling : all;
      return kept.length ? [{ typed, fields, readings: [kept], isPhrase: kept.length > 1 }] : [];
    }
    const joined = inOrder.join("");
    if (inOrder.length === 2 && secondForms.some(([position, word]) => position === 0 && word === joined)) {
      return [{ typed, fields, readings: [all, [[0, joined]]], isPrefix: goesOn }]; // co-evolution, coevolution
    }
    return all.map(([position, word]) => {
      const others = secondForms.filter(([place]) => place === position);
      return {
        typed: word,
        fields,
        readings: [word, ...others.map(([, other]) => other)].map((one) => [[0, one]]),
        isPrefix: goesOn && position === inOrder.length - 1,
        years: fields === WORD_FIELDS && YEAR.test(word) ? [Number(word), Number(word)] : undefined,
      };
    });
  }

  return { WORD_FIELDS, parse, identifier };
})();
