// The only script that runs before a page is drawn. It sets the reader's choice between light and dark, so that nobody
// who chose dark sees a flash of light, and asks for what pages need next: their two fonts, site.js and reader.js. That
// these and search.js, which comes later, are named here, and not in every page, saves 12 MB in an archive of 40,000 pages.
//
// It also checks all text that later scripts make markup or the address of a script of (Trusted Types, which the
// Content-Security-Policy of every page asks for): a text that fails the check raises a TypeError where it is used.
"use strict";
{
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch { /* storage is off: the system's choice stands */ }

  const own = document.currentScript.src;
  const url = (path) => new URL(path, own).href;
  const home = url("../");
  const isHarmless = (markup) => {
    const { all } = new DOMParser().parseFromString(markup, "text/html");
    return [...all].every(({ localName, attributes }) =>
      !/^(script|style|link|meta|base|iframe|object|embed|form|template|noscript)$/.test(localName)
      && [...attributes].every(({ name, value }) =>
        !/^(on|style$|srcdoc$)/.test(name) && !(/href$/.test(name) && /^\W*javascript:/i.test(value))));
  };
  globalThis.trustedTypes?.createPolicy("default", {
    createScriptURL: (address) => (new URL(address, document.baseURI).href.startsWith(home) ? address : null),
    // What is parsed as a document of its own is not shown, and its scripts never run.
    createHTML: (markup, _, sink) => (/^DOMParser/.test(sink) || isHarmless(markup) ? markup : null),
  });
  const ask = (tag, options) => document.head.append(Object.assign(document.createElement(tag), options));
  // Browsers preload no fonts from file://.
  if (location.protocol !== "file:") {
    for (const href of [url("fonts/serif.woff2"), url("fonts/sans.woff2")]) {
      ask("link", { rel: "preload", as: "font", crossOrigin: "", href });
    }
  }
  globalThis.searchScript = url("search.js");
  // The search page hides its help before anything is drawn, if there is a query.
  if (/[?&]q=[^&]/.test(location.search)) document.documentElement.classList.add("asked");
  // One after the other: the reader's scripts use functions of site.js.
  for (const src of [url("site.js"), url("reader.js")]) ask("script", { src, async: false });
}
