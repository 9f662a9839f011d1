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

/** Returns a search in an index on the disk, and a list of the files that it has read. */
function open(folder, scripts = SCRIPTS) {
  const { SearchEngine } = load(scripts, "{ SearchEngine }");
  const read = [];
  const search = new SearchEngine.Search(async (name) => {
    read.push(name);
    return SearchEngine.valueOf(fs.readFileSync(path.join(folder, `${name}.js`), "utf8"));
  });
  return { search, read };
}

module.exports = { load, open };
