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
        "document", "fetch", "location", "history", "localStorage", "navigator", "addEventListener", "postMessage", "Worker",
        "DOMParser", "NodeFilter", "Element", "HTMLElement", "Event", "EventTarget", "MutationObserver", "URL", "URLSearchParams", "Blob",
        "Request", "Response", "TextEncoder", "TextDecoder", "CompressionStream", "DecompressionStream", "atob", "btoa",
        "caches", "innerHeight", "requestAnimationFrame", "matchMedia", "scrollTo", "setTimeout", "clearTimeout",
        "SearchWords", "SearchQuery", "SearchReader", "SearchEngine", "SearchFinder", "SearchMarks", "SearchBox",
        "SearchPage",
        "ReaderStorage", "ReaderPapers", "ReaderKeys", "ReaderFormats", "ReaderShare", "ReaderQr", "ReaderFollow", "ReaderDays", "ReaderUnpack",
        // of site.js
        "button", "copy", "save", "read", "offerAbstract", "loadSearch", "searchScript", "nameFiles", "asTeX",
      ]),
    },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { varsIgnorePattern: "^(Search|Reader)[A-Z]" }],
      "no-misleading-character-class": "off", // combining marks are what the class is about
    },
  },
];
