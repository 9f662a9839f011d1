// Usage: node answers.js FOLDER [SCRIPT...]: answers the queries of a JSON list on standard input from an index.
"use strict";
const fs = require("node:fs");
const { open } = require("./engine.js");

async function main() {
  const [folder, ...scripts] = process.argv.slice(2);
  const { search } = open(folder, scripts.length ? scripts : undefined);
  const answers = [];
  for (const query of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const { total, hits, corrections } = await search.search(query, { limit: 50 });
    answers.push({
      query,
      total,
      hits: hits.map(({ id, score }) => [id, score]),
      corrections: corrections.map(({ typed, used }) => [typed, used]),
    });
  }
  process.stdout.write(JSON.stringify(answers));
}

main();
