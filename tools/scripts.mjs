// Makes static/search.js of the scripts in static/search/: one file, without comments, with short names for what is
// local. With --check it only tells whether static/search.js is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import terser from "../.cache/npm/node_modules/terser/dist/bundle.min.js";

// Each after those that it uses.
const NAMES = ["words", "query", "reader", "engine", "finder", "marks", "box", "page"];
const folder = new URL("../static/", import.meta.url);
const made = new URL("search.js", folder);

const sources = NAMES.map((name) => readFileSync(new URL(`search/${name}.js`, folder), "utf-8"));
const { code } = await terser.minify(sources.join("\n"), {
  ecma: 2022,
  toplevel: true,
  compress: { passes: 3, unsafe_arrows: true },
  mangle: { reserved: ["SearchEngine"] }, // tests call the engine
});
if (!process.argv.includes("--check")) writeFileSync(made, `${code}\n`);
else if (readFileSync(made, "utf-8") !== `${code}\n`) {
  console.error("static/search.js is not what static/search/ says: run `make scripts`");
  process.exitCode = 1;
}
