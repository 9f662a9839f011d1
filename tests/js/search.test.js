"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { load, search } = require("./engine.js");

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
  ["www.arxiv.org/abs/q-bio/0309001v1/", "q-bio/0309001"],
  ["https://arxiv.org/abs/1602.02974v2?context=q-bio#top", "1602.02974"],
  ["math.CA/0611800", "math/0611800"],
  ["https://doi.org/10.48550/arXiv.1602.02974", "1602.02974"],
  ["https://doi.org/10.1371/Journal.pcbi.1004", "10.1371/journal.pcbi.1004"],
  ["https://journals.aps.org/pre/abstract/10.1103/PhysRevE.75.02", "10.1103/physreve.75.02"],
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

/** A search in an index with one paper; the files of folder b1 are no longer there. */
function replacedIndex() {
  const tier = (folder, papers) => ({ folder, papers, starts: papers ? ["grid t"] : [], years: [["2020", 0]], categories: ["q-bio.NC"] });
  const head = (folder) => ({ tiers: [tier(folder, 1), tier("t1", 0)], replaced: [] });
  const heads = [head("b1"), head("b2")];
  const files = { "b2/w0": "#grid t$#%", "b2/d0": ["#2001.00001", "$", "#", "1"] };
  return new SearchEngine.Search(async (name) => {
    if (name === "head" && heads.length) return heads.shift();
    if (name in files) return files[name];
    throw new Error(name);
  });
}

test("an index that was replaced while it was open is opened again", async () => {
  const { total, hits } = await search(SearchEngine, replacedIndex(), "grid ");
  assert.equal(total, 1);
  assert.equal(hits[0].id, "2001.00001");
});

test("a file that is lacking is an error", async () => {
  await assert.rejects(search(SearchEngine, replacedIndex(), '"grid grid"'), /b2\/p0/);
});
