// Makes the scripts that pages load of their sources in static/search/ and static/reader/: without comments, with short
// names for what is local. With --check it only tells whether they are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import terser from "../.cache/npm/node_modules/terser/dist/bundle.min.js";

// Each source after those that it uses.
const SCRIPTS = {
  search: ["search", ["words", "query", "reader", "engine", "finder", "marks", "box", "page"]],
  reader: ["reader", ["storage", "papers", "keys", "follow"]], // on every page
  "reading-list": ["reader", ["formats", "share", "qr", "list"]],
  catchup: ["reader", ["unpack", "days", "catchup", "following"]],
  offline: ["reader", ["offline"]],
  worker: ["reader", ["worker"]],
  "no-worker": ["reader", ["no-worker"]],
};
// Properties that no one but the scripts of the search knows: neither browsers, nor files of the index, nor other scripts.
const OWN = `readings isPhrase isPrefix fields groups without lacking replaces described loaded loading buckets bucket entry
  postings terms columns filtered opened order ofYears place termsBetween positions withEnding wordsOf numbers row
  frontDecoded addTo
  peopleIn STOP_WORDS WORD_FIELDS AUTHORS make textsOf matcher marked sentences abstract bibtex points range rootOf
  content word field tier element slug isDisk tests`.split(/\s+/);
const folder = new URL("../static/", import.meta.url);

for (const [name, [from, parts]] of Object.entries(SCRIPTS)) {
  const made = new URL(`${name}.js`, folder);
  const sources = parts.map((part) => readFileSync(new URL(`${from}/${part}.js`, folder), "utf-8"));
  const { code } = await terser.minify(sources.join("\n"), {
    ecma: 2022,
    toplevel: from === "search", // scripts of the reader use what reader.js defines
    compress: { passes: 3, unsafe_arrows: true },
    mangle: {
      reserved: ["SearchEngine", "SearchFinder"], // the reader's scripts and tests call these
      properties: from === "search" && { builtins: true, regex: new RegExp(`^(${OWN.join("|")})$`) },
    },
  });
  if (!process.argv.includes("--check")) writeFileSync(made, `${code}\n`);
  else if (readFileSync(made, "utf-8") !== `${code}\n`) {
    console.error(`static/${name}.js is not what static/${from}/ says: run \`make scripts\``);
    process.exitCode = 1;
  }
}
