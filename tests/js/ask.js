// Usage: node ask.js FOLDER [SCRIPT...]: calls methods of a search in an index, as a JSON list on standard input says:
// [["search", "grid", {"limit": 50}], …]. Prints the results as JSON; "read" lists the files read so far.
"use strict";
const fs = require("node:fs");
const { open } = require("./engine.js");

async function main() {
  const [folder, ...scripts] = process.argv.slice(2);
  const { search, read } = open(folder, scripts.length ? scripts : undefined);
  const results = [];
  for (const [method, ...args] of JSON.parse(fs.readFileSync(0, "utf8"))) {
    results.push(method === "read" ? [...read] : await search[method](...args));
  }
  process.stdout.write(JSON.stringify(results));
}

main();
