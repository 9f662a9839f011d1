// Single keys as shortcuts. They can be turned off, as WCAG 2.1.4 asks, and never act while somebody writes.
// A classic script, after papers.js.
"use strict";

(() => {
  const { get } = ReaderStorage;
  const { ENTRIES, address, change, make, linkOf, paperOf, paperHere, say, takeBack, toggle, toggleHidden, whenRead } = ReaderPapers;
  /** What follows g: the name of a page, and its address. @type {Record<string, [string, string]>} */
  const PAGES = {
    h: ["home", ""],
    n: ["what is new: catch-up", "catchup/"],
    f: ["following", "following/"],
    l: ["reading list", "reading-list/"],
    s: ["search", "search/"],
    a: ["archive", "archive/"],
    p: ["authors", "authors/"],
  };
  /** Keys and what they do; site.js has "/". @type {[string, string][]} */
  const HELP = [
    ["j k", "next and previous paper"],
    ["o", "open it"],
    ["s", "save it to the reading list, or remove it"],
    ["x", "not interested, or interested again"],
    ["a", "its abstract; with no paper chosen, all abstracts"],
    ["z", "undo"],
    ["/", "search"],
    ...Object.entries(PAGES).map(([key, [name]]) => /** @type {[string, string]} */ ([`g ${key}`, name])),
    ["?", "this list"],
  ];
  let afterG = false;

  /** Returns the entry of a list that has the focus, or null. */
  function chosen() {
    return document.activeElement?.closest(ENTRIES) ?? null;
  }

  /** @param {number} step */
  function move(step) {
    const entries = [...document.querySelectorAll(ENTRIES)].filter(
      (entry) => linkOf(entry) && /** @type {HTMLElement} */ (entry).offsetParent,
    );
    const current = chosen();
    const seen = entries.findIndex((entry) => entry.getBoundingClientRect().bottom > 0);
    const place = current ? entries.indexOf(current) + step : Math.max(0, seen);
    const link = entries[place] && linkOf(entries[place]);
    link?.focus({ preventScroll: true });
    entries[place]?.scrollIntoView({ block: "nearest" });
  }

  function unfold() {
    const entry = chosen();
    const fold = entry?.querySelector("details");
    if (fold) fold.open = !fold.open;
    else if (!entry) /** @type {HTMLElement | null} */ (document.querySelector(".abstracts input"))?.click();
  }

  /** @param {boolean} hides */
  function mark(hides) {
    const entry = chosen();
    const paper = entry ? paperOf(entry) : paperHere();
    if (!paper) say("Choose a paper first: j is the next one, k the previous one.");
    else if (hides) toggleHidden(paper.id);
    else toggle(paper);
  }

  /** @type {Record<string, () => void>} */
  const ACTIONS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => /** @type {HTMLElement | null | undefined} */ (chosen()?.querySelector(":scope > a"))?.click(),
    s: () => mark(false),
    x: () => mark(true),
    a: unfold,
    z: takeBack,
    "?": explain,
  };

  /** Shows all keys, and the switch that turns them off. */
  function explain() {
    const dialog = make("dialog", { className: "keys" });
    dialog.setAttribute("aria-labelledby", "keys");
    const lines = HELP.map(([keys, meaning]) => `<dt><kbd>${keys.replace(" ", "</kbd> <kbd>")}</kbd><dd>${meaning}`);
    dialog.innerHTML = `<h2 id="keys">Keys</h2><dl>${lines.join("")}</dl><label><input type="checkbox">Single keys are shortcuts</label>`;
    const box = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    box.checked = get("settings").keys;
    box.onchange = () => change("settings", (settings) => void (settings.keys = box.checked));
    const closing = button("Close", () => dialog.close());
    closing.autofocus = true;
    dialog.append(closing);
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  }

  addEventListener("keydown", (event) => {
    const target = /** @type {Element | null} */ (event.target instanceof Element ? event.target : null);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
    if (!get("settings").keys) return;
    const page = afterG && PAGES[event.key];
    const action = page ? () => location.assign(address(page[1])) : ACTIONS[event.key];
    afterG = event.key === "g" && !afterG;
    if (!action) return;
    event.preventDefault();
    action();
  });

  whenRead(() => {
    const offer = button("Keyboard shortcuts", explain);
    offer.className = "offer-keys";
    document.querySelector("body > footer")?.append(offer);
  });
})();
