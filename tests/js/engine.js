// Loads the search engine's scripts, which are no modules, and the files of an index.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const SCRIPTS = ["words", "query", "reader", "engine"].map((name) =>
  path.join(__dirname, "../../static/search", `${name}.js`),
);

/** Returns SearchWords, SearchQuery, SearchReader and SearchEngine, from scripts that run one after another. */
function load(scripts = SCRIPTS, wanted = "{ SearchWords, SearchQuery, SearchReader, SearchEngine }") {
  const context = vm.createContext({});
  for (const script of scripts) vm.runInContext(fs.readFileSync(script, "utf8"), context, { filename: script });
  return vm.runInContext(`(${wanted})`, context);
}

/** Returns what a Finder and an engine answer from an index on the disk, and a list of the files that they have read. */
function open(folder, scripts) {
  const { SearchEngine, SearchFinder } = load(scripts, "{ SearchEngine, SearchFinder }");
  const read = [];
  const readFile = async (name) => {
    read.push(name);
    return SearchEngine.valueOf(fs.readFileSync(path.join(folder, `${name}.js`), "utf8"));
  };
  const finder = new SearchFinder.Finder("https://example.org/");
  finder.search.load = readFile;
  return {
    find: (...values) => finder.find(...values),
    search: (text, options) => search(SearchEngine, finder.search, text, options),
    read: () => [...read],
  };
}

/** Returns the papers that match a query, with their scores. */
async function search({ answer, describe }, files, text, { limit = 10, rows = false } = {}) {
  const [{ papers, scores, corrections }, hits] = await files.withFiles((known) => {
    const found = answer(known, text);
    return [found, describe(known, found.papers.slice(0, limit), rows)];
  });
  return { total: papers.length, hits: hits.map((hit, place) => ({ ...hit, score: scores.get(papers[place]) })), corrections };
}

module.exports = { load, open, search };
