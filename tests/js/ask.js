// Usage: node ask.js FOLDER SCRIPT: asks the index in a folder, as a JSON list on standard input says:
// [["search", "grid", {"limit": 50}], ["find", {"q": "grid"}, 20], …]. Prints the results as JSON; "read" lists the files
// read so far.
"use strict";
const fs = require("node:fs");
const { open } = require("./engine.js");

async function main() {
  const [folder, script] = process.argv.slice(2);
  const asked = open(folder, [script]);
  const results = [];
  for (const [method, ...args] of JSON.parse(fs.readFileSync(0, "utf8"))) {
    results.push(await asked[method](...args));
  }
  process.stdout.write(JSON.stringify(results));
}

main();
