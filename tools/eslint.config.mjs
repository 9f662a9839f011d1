// Lints the scripts of the search engine and of the reader. They are classic scripts, each of which uses those before it.
import js from "../.cache/npm/node_modules/@eslint/js/src/index.js";

const read = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "script",
      globals: read([
        "document", "fetch", "location", "history", "localStorage", "navigator", "addEventListener", "setTimeout", "clearTimeout",
        "Element", "HTMLElement", "Event", "MutationObserver", "DOMParser", "URL", "URLSearchParams", "Blob", "Request", "Response",
        "TextEncoder", "TextDecoder", "CompressionStream", "DecompressionStream", "atob", "btoa", "caches", "innerHeight", "requestAnimationFrame",
        "SearchWords", "SearchQuery", "SearchReader", "SearchEngine",
        "ReaderStorage", "ReaderPapers", "ReaderKeys", "ReaderFormats", "ReaderShare", "ReaderQr", "ReaderFollow", "ReaderDays",
      ]),
    },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { varsIgnorePattern: "^(Search(Words|Query|Reader|Engine)|Reader(Storage|Papers|Keys|Formats|Share|Qr|Follow|Days))$" }],
      "no-misleading-character-class": "off", // combining marks are what the class is about
    },
  },
];
