// What a reader keeps in this browser: saved papers, papers that are not interesting, follows, the last visit. It never
// leaves the browser, and holds nothing that names the reader. A classic script, because modules do not load from a
// disk; other scripts of static/reader/ come after it.
//
// Each of the keys below is an item of localStorage, under a name that begins with the path of the site: two archives
// on one host, as on GitHub Pages, do not mix. The item is {"version": 1, "value": …}.
"use strict";

/**
 * @typedef {object} SavedPaper
 * @property {string} title as text, without markup
 * @property {string} authors as they stand in lists
 * @property {string} category the primary one, or empty
 * @property {string} saved when, as YYYY-MM-DDTHH:MM:SSZ
 * @property {boolean} read
 * @property {string[]} tags
 * @property {string} note the reader's own
 *
 * @typedef {object} Follow
 * @property {"author" | "category" | "search"} kind
 * @property {string} title to show
 * @property {string} feed address of its Atom feed from the site's root, or empty
 * @property {string} since day from which on papers are new: YYYY-MM-DD
 *
 * @typedef {object} Visit
 * @property {string} seen newest day of the archive that the reader has been shown: YYYY-MM-DD, or empty
 * @property {string} since the same for the visit before: what is later is new
 * @property {string} at when the reader was here last: YYYY-MM-DDTHH:MM:SSZ, or empty
 *
 * @typedef {object} Kept
 * @property {Record<string, SavedPaper>} papers by arXiv identifier without version
 * @property {Record<string, string>} hidden papers «not interested», by identifier, with the time
 * @property {Record<string, Follow>} follows by address from the site's root, such as authors/lovelace-a/
 * @property {Visit} visit
 * @property {{keys: boolean}} settings whether single keys are shortcuts
 */

const ReaderStorage = (() => {
  const VERSION = 1;
  /** @type {{[Key in keyof Kept]: () => Kept[Key]}} */
  const EMPTY = {
    papers: () => ({}),
    hidden: () => ({}),
    follows: () => ({}),
    visit: () => ({ seen: "", since: "", at: "" }),
    settings: () => ({ keys: true }),
  };
  const KEYS = /** @type {(keyof Kept)[]} */ (Object.keys(EMPTY));
  const CHOICES = ["theme", "cite", "abstracts"]; // of the look of pages: site.js
  const OFF = "Nothing was kept: this browser stores no data for this site, because of its settings or a private window.";
  const FULL = "Nothing was kept: this browser's storage for this site is full. Delete papers from the reading list first.";
  const NEWER = "Nothing was kept: what is stored was written by a newer version of this site. Reload the page.";

  // Scripts are in static/, below the site's root.
  const root = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const prefix = `sitegen${root.pathname}:`;
  const changes = new EventTarget();

  /** Returns localStorage, or null where it is off. */
  function area() {
    try {
      return localStorage;
    } catch {
      return null;
    }
  }

  /** @param {keyof Kept} key @returns {{version: number, value: any} | null} */
  function item(key) {
    try {
      const read = JSON.parse(area()?.getItem(prefix + key) ?? "null");
      return read && typeof read.version === "number" && read.value && typeof read.value === "object" ? read : null;
    } catch {
      return null; // damaged, or storage is off
    }
  }

  /**
   * Returns what is kept under a key, which is the caller's own copy; an empty value if there is none.
   * @template {keyof Kept} Key
   * @param {Key} key
   * @returns {Kept[Key]}
   */
  function get(key) {
    const read = item(key);
    const empty = EMPTY[key]();
    return read?.version === VERSION ? Object.assign(empty, read.value) : empty;
  }

  /**
   * Replaces what is kept under a key. Returns an empty text, or, if it could not be kept, a sentence that says why;
   * then what was kept before stands.
   * @template {keyof Kept} Key
   * @param {Key} key
   * @param {Kept[Key]} value
   * @returns {string}
   */
  function set(key, value) {
    if ((item(key)?.version ?? VERSION) > VERSION) return NEWER;
    const storage = area();
    if (!storage) return OFF;
    try {
      storage.setItem(prefix + key, JSON.stringify({ version: VERSION, value }));
    } catch {
      // Old browsers have a storage of no size in private windows.
      return storage.length ? FULL : OFF;
    }
    tell(key);
    return "";
  }

  /**
   * Changes what is kept under a key, beginning with what other tabs have written. Returns as `set` does.
   * @template {keyof Kept} Key
   * @param {Key} key
   * @param {(value: Kept[Key]) => void} change alters its argument
   * @returns {string}
   */
  function update(key, change) {
    const value = get(key);
    change(value);
    return set(key, value);
  }

  /**
   * Calls a function whenever what is kept under a key changes, in this tab or in another.
   * @param {keyof Kept} key
   * @param {() => void} listener
   */
  const subscribe = (key, listener) => changes.addEventListener(key, listener);

  /** @param {string} key */
  const tell = (key) => changes.dispatchEvent(new Event(key));

  /** Deletes all that is kept for this site, by whatever version of it, and the choices that site.js remembers. */
  function clear() {
    const storage = area();
    for (const name of storage ? Object.keys(storage) : []) {
      if (name.startsWith(prefix) || CHOICES.includes(name)) storage?.removeItem(name);
    }
    KEYS.forEach(tell);
  }

  /** Returns how many choices of the look site.js remembers. */
  function choices() {
    return CHOICES.filter((name) => (area()?.getItem(name) ?? null) !== null).length;
  }

  /** Returns the number of characters that all of it takes. */
  const size = () => KEYS.reduce((sum, key) => sum + (area()?.getItem(prefix + key)?.length ?? 0), 0);

  addEventListener("storage", ({ key }) => {
    if (key === null) KEYS.forEach(tell); // all was deleted
    else if (key.startsWith(prefix)) tell(key.slice(prefix.length));
  });
  // A page that the browser kept while others were shown has missed their changes.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) KEYS.forEach(tell);
  });

  return { root, get, set, update, subscribe, clear, choices, size };
})();
