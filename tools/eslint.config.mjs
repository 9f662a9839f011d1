// Lints the scripts of the search engine. They are classic scripts, each of which uses those before it.
import js from "../.cache/npm/node_modules/@eslint/js/src/index.js";

const read = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "script",
      globals: read([
        "document", "fetch",
        "SearchWords", "SearchQuery", "SearchReader", "SearchEngine",
      ]),
    },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { varsIgnorePattern: "^Search(Words|Query|Reader|Engine)$" }],
      "no-misleading-character-class": "off", // combining marks are what the class is about
    },
  },
];
