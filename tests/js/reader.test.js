"use strict";
const assert = require("node:assert/strict");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const vm = require("node:vm");

const SCRIPTS = path.join(__dirname, "../../static/reader");
/** Returns a value that is defined by scripts, which run in a context with some names of a browser. */
function load(names, wanted, browser = {}) {
  const context = vm.createContext({ Event, EventTarget, TextEncoder, TextDecoder, URL, ...browser });
  for (const name of names) vm.runInContext(fs.readFileSync(path.join(SCRIPTS, `${name}.js`), "utf8"), context);
  return vm.runInContext(wanted, context);
}

const ReaderQr = load(["qr"], "ReaderQr");
// Made by segno 1.6.6, which is another implementation, with mask 0 and the lowest level of correction.
for (const { text, version, sha256 } of JSON.parse(fs.readFileSync(path.join(__dirname, "../data/reader/qr.json"), "utf8"))) {
  test(`QR code of version ${version}`, () => {
    const rows = ReaderQr.encode(text).map((row) => row.map(Number).join(""));
    assert.equal(rows.length, 4 * version + 17);
    assert.equal(createHash("sha256").update(rows.join("\n")).digest("hex"), sha256);
  });
}

test("a text of more than 1273 bytes has no QR code", () => assert.equal(ReaderQr.encode("x".repeat(1274)), null));

const ReaderUnpack = load(["unpack"], "ReaderUnpack");
// Made by bz2 of Python 3.11.
for (const { about, packed, length, sha256 } of JSON.parse(fs.readFileSync(path.join(__dirname, "../data/reader/bzip2.json"), "utf8"))) {
  test(`bzip2: ${about}`, () => {
    const bytes = ReaderUnpack(Buffer.from(packed, "base64"));
    assert.equal(bytes.length, length);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
  });
}

const ReaderFormats = load(["formats"], "ReaderFormats", { ReaderStorage: {}, ReaderPapers: {} });
for (const [about, text, ids, dois, unknown] of [
  ["our own BibTeX", "@misc{a,\n  eprint={2603.07369},\n  doi={10.48550/arXiv.2603.07369}\n}", ["2603.07369"], [], 0],
  ["quoted", '@misc{a, eprint = "0704.0001", archivePrefix = "arXiv"}', ["0704.0001"], [], 0],
  ["an old identifier with a subject class", "@misc{a, eprint={math.CA/0611800}}", ["math/0611800"], [], 0],
  ["a version in an address", "@misc{a, url={https://arxiv.org/pdf/1602.02974v2.pdf}}", ["1602.02974"], [], 0],
  ["a journal as arXiv", "@article{a, journal={arXiv preprint arXiv:1602.02974}}", ["1602.02974"], [], 0],
  ["a DOI of arXiv's", "@misc{a, doi={10.48550/arXiv.1602.02974}}", ["1602.02974"], [], 0],
  ["a publisher's DOI", "@article{a, doi={10.1371/Journal.pcbi.1004}}", [], ["10.1371/journal.pcbi.1004"], 0],
  ["a book", "@book{a, title={A book}}", [], [], 1],
  ["no references", "@comment{arXiv:1602.02974}\n@string{a = {b}}\n@preamble{c}", [], [], 0],
  ["the same twice", "@misc{a, eprint={2603.07369}}\n@misc{b, eprint={2603.07369}}", ["2603.07369"], [], 0],
  ["RIS", "TY  - JOUR\r\nAN  - arXiv:2603.07369\r\nDO  - 10.1126/x\r\nER  - \r\nTY  - BOOK\r\nER  - \r\n", ["2603.07369"], [], 1],
  ["RIS with a DOI", "TY  - JOUR\nDO  - 10.1126/science.adw7707\nER  - \n", [], ["10.1126/science.adw7707"], 0],
]) {
  test(`references: ${about}`, () => {
    const found = JSON.parse(JSON.stringify(ReaderFormats.references(text)));
    assert.deepEqual(found, { ids, dois, unknown });
  });
}

test("what a reader keeps is under the path of the site, and another archive on the host leaves it alone", () => {
  const kept = new Map();
  const localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => { kept.set(name, value); Object.assign(localStorage, { [name]: value }); },
    removeItem: (name) => { kept.delete(name); delete localStorage[name]; },
  };
  const at = (site) => load(["storage"], "ReaderStorage", {
    localStorage,
    addEventListener() {},
    document: { currentScript: { src: `https://example.github.io/${site}static/reader.js` } },
  });
  const [one, other] = [at("one/"), at("two/")];
  assert.equal(one.set("settings", { keys: false }), "");
  assert.deepEqual([...kept.keys()], ["sitegen/one/:settings"]);
  assert.equal(other.get("settings").keys, true);
  other.clear();
  assert.equal(one.get("settings").keys, false);
  one.clear();
  assert.equal(kept.size, 0);
});
