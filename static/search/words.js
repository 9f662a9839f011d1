// Splits texts into words. The rules, and the reasons for them, are in sitegen/search/words.py, which does the same
// in Python; both sides run tests/data/search/tokens.json. This is a classic script: modules do not load from a disk.
"use strict";

const SearchWords = (() => {
  const STOP_WORDS = new Set(
    ("a an and are as at be been between both but by can for from has have how in into is it its may more not of on " +
      "or our such than that the their these this through to using was we were when which while with").split(" "),
  );
  const MARKS =
    /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
  /** @type {Record<string, string>} */
  const LETTERS = {
    ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ħ: "h", ı: "i", ŧ: "t", ς: "σ",
    "’": "'", "ʼ": "'", "‘": "'",
  };
  const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
  /** @type {Record<string, string>} */
  const UMLAUTS = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" };
  const GREEK =
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega".split(
      " ",
    );
  const GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω";
  const SINGLE_GREEK = /(?<![α-ω])[α-ω](?![α-ω])/g;
  const COMPOUND = /[\p{L}\p{N}]+(?:['’\-\u2010\u2011][\p{L}\p{N}]+)*/gu;

  /**
   * Returns a text in lower case, without accents, with plain apostrophes, and single Greek letters by name.
   * @param {string} text
   */
  function fold(text) {
    return text
      .normalize("NFKD")
      .toLowerCase()
      .replace(MARKS, "")
      .replace(LETTER, (letter) => LETTERS[letter])
      .replace(SINGLE_GREEK, (letter) => ` ${GREEK[GREEK_LETTERS.indexOf(letter)]} `);
  }

  /**
   * Returns the words of a text in order, and second forms of some of them, each with the position of its word.
   * @param {string} text
   * @returns {[string[], [number, string][]]}
   */
  function words(text) {
    const [found, secondForms] = split(fold(text));
    const lower = text.normalize("NFC").toLowerCase();
    const spelledOut = lower.replace(/[äöüøå]/g, (letter) => UMLAUTS[letter]);
    if (spelledOut !== lower) {
      const [others] = split(fold(spelledOut));
      found.forEach((word, position) => {
        if (others[position] && others[position] !== word) secondForms.push([position, others[position]]);
      });
    }
    return [found, secondForms];
  }

  /**
   * @param {string} folded
   * @returns {[string[], [number, string][]]}
   */
  function split(folded) {
    /** @type {string[]} */
    const found = [];
    /** @type {[number, string][]} */
    const joined = [];
    for (const [compound] of folded.matchAll(COMPOUND)) {
      const parts = compound.split(/[-\u2010\u2011]/).map((part) => part.replace(/'s$/, "").replaceAll("'", ""));
      if (parts.length === 2) joined.push([found.length, parts.join("")]);
      found.push(...parts);
    }
    return [found, joined];
  }

  return { STOP_WORDS, COMPOUND, fold, words };
})();
