"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { load } = require("./engine.js");

const { SearchWords, SearchQuery, SearchEngine } = load();
const DATA = path.join(__dirname, "../data/search");
/** Values of another context have other prototypes. */
const plain = (value) => JSON.parse(JSON.stringify(value));

for (const { about, text, words, second_forms } of JSON.parse(fs.readFileSync(path.join(DATA, "tokens.json"), "utf8"))) {
  test(`words: ${about}`, () => {
    assert.deepEqual(plain(SearchWords.words(text)), [words, second_forms]);
  });
}

for (const [text, expected] of [
  ["1602.02974", "1602.02974"],
  ["arXiv:1602.02974v2", "1602.02974"],
  ["https://arxiv.org/pdf/1602.02974v2.pdf", "1602.02974"],
  ["http://arxiv.org/abs/q-bio/0309001", "q-bio/0309001"],
  ["math.CA/0611800", "math/0611800"],
  ["https://doi.org/10.48550/arXiv.1602.02974", "1602.02974"],
  ["https://doi.org/10.1371/Journal.pcbi.1004", "10.1371/journal.pcbi.1004"],
  ["grid cells", ""],
  ["10 cells", ""],
]) {
  test(`identifier: ${text}`, () => assert.equal(SearchQuery.identifier(text), expected));
}

for (const [one, other, expected] of [
  ["grid", "grid", false],
  ["grid", "grids", true],
  ["grid", "rid", true],
  ["grid", "gird", true],
  ["grid", "grit", true],
  ["grid", "girt", false],
  ["grid", "gr", false],
]) {
  test(`one edit: ${one} ${other}`, () => assert.equal(SearchEngine.isOneEdit(one, other), expected));
}
