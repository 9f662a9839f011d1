// Shows papers on the search page: the words of a query marked, and the sentences of an abstract that answer it. Texts
// are taken from the papers' own pages. A classic script, after finder.js.
"use strict";

/** @typedef {{page: string, title: Node, authors: Node[], abstract: Element[], bibtex: string}} PaperTexts */

const SearchMarks = (() => {
  const { words, COMPOUND } = SearchWords;
  // A full stop ends no sentence after an initial, nor after some abbreviations.
  const ENDS = /(?<!\b(?:[A-Z]|e\.g|i\.e|al|cf|vs|Figs?|Eqs?|Dr|St))[.!?]["'”)\]]*\s+(?=["“'(]?[A-Z])/g;
  const SENTENCES = 2;
  const AUTHORS = 4;

  /** @param {string} name @param {(Node | string)[]} content @param {Record<string, string>} [attributes] */
  function make(name, content, attributes = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  }

  /** @type {Map<string, Promise<PaperTexts>>} */
  const known = new Map();

  /** Returns the texts of a paper's page. @param {string} address @returns {Promise<PaperTexts>} */
  function textsOf(address) {
    const texts = known.get(address) ?? read(address);
    known.set(address, texts);
    texts.catch(() => known.delete(address));
    return texts;
  }

  /** @param {string} address @returns {Promise<PaperTexts>} */
  async function read(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const link of page.querySelectorAll("main a[href]")) {
      link.setAttribute("href", new URL(link.getAttribute("href") ?? "", address).href);
    }
    const title = page.createDocumentFragment();
    title.append(...(page.querySelector("h1")?.childNodes ?? []));
    return {
      page: address,
      title,
      authors: [...page.querySelectorAll(".authors a, .authors bdi")],
      abstract: [...page.querySelectorAll(".abstract p")],
      bibtex: page.getElementById("bibtex")?.textContent ?? "",
    };
  }

  /** A test whether a word was searched for. @param {string[]} wanted as Result.words @returns {(word: string) => boolean} */
  function matcher(wanted) {
    const exact = new Set(wanted);
    const beginnings = wanted.filter((word) => word.endsWith("*")).map((word) => word.slice(0, -1));
    return (word) => {
      const [own, second] = words(word);
      return [...own, ...second.map(([, form]) => form)].some(
        (form) => exact.has(form) || beginnings.some((one) => form.startsWith(one)),
      );
    };
  }

  /** The texts below a node, without formulas. @param {Node} node */
  function textsBelow(node) {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const found = [];
    while (walker.nextNode()) found.push(/** @type {Text} */ (walker.currentNode));
    return found;
  }

  /** A copy of a node with the words of a query marked. @param {Node} node @param {(word: string) => boolean} matches */
  function marked(node, matches) {
    const copy = document.importNode(node, true);
    for (const text of textsBelow(copy)) {
      if (text.parentElement?.closest("math")) continue;
      const pieces = [];
      let end = 0;
      for (const { 0: token, index } of text.data.matchAll(COMPOUND)) {
        if (!matches(token)) continue;
        const parts = token.split(/([-\u2010\u2011])/);
        const some = parts.some((part) => matches(part)); // else the parts match as one word: co-evolution
        pieces.push(text.data.slice(end, index));
        for (const part of some ? parts : [token]) pieces.push(!some || matches(part) ? make("mark", [part]) : part);
        end = index + token.length;
      }
      if (end) text.replaceWith(...pieces, text.data.slice(end));
    }
    return copy;
  }

  /**
   * Returns the two sentences of an abstract that have most of the words, in their order.
   * @param {Element[]} paragraphs
   * @param {(word: string) => boolean} matches
   * @returns {Node[]}
   */
  function sentences(paragraphs, matches) {
    /** @type {{points: number, range: Range, place: number}[]} */
    const found = [];
    for (const paragraph of paragraphs) {
      const texts = textsBelow(paragraph);
      if (!texts.length) continue;
      // Formulas are no words, but take as many characters.
      const data = texts.map((text) => (text.parentElement?.closest("math") ? "0".repeat(text.length) : text.data));
      const whole = data.join("");
      const ends = [...whole.matchAll(ENDS)].map(({ 0: end, index }) => index + end.length);
      let start = 0;
      for (const end of [...ends, whole.length]) {
        const own = new Set((whole.slice(start, end).match(COMPOUND) ?? []).filter(matches).map((word) => word.toLowerCase()));
        const range = document.createRange();
        range.setStart(...at(texts, start));
        range.setEnd(...at(texts, end));
        if (end > start) found.push({ points: own.size, range, place: found.length });
        start = end;
      }
    }
    const best = found.sort((one, other) => other.points - one.points || one.place - other.place).slice(0, SENTENCES);
    return best
      .sort((one, other) => one.place - other.place)
      .map(({ range, place }, index) => {
        const part = range.cloneContents();
        if (place > (index ? best[index - 1].place + 1 : 0)) part.prepend("… ");
        part.append(" ");
        return part;
      });
  }

  /** The text in which a character of several texts is, and its place there. @param {Text[]} texts @param {number} place @returns {[Text, number]} */
  function at(texts, place) {
    let index = 0;
    for (; place > texts[index].length; index += 1) place -= texts[index].length;
    return [texts[index], place];
  }

  return { AUTHORS, make, textsOf, matcher, marked, sentences };
})();
