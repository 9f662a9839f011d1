// The service worker: keeps pages for use offline. It is published as sw.js, after a line that defines BUILD.
//
// Pages come from the network as long as there is one, so that no page is older than the site. A new build has a new
// worker, which has all that is kept brought up to date before it begins: a page and its style sheet are of one build,
// because files in static/ have names that change with what they hold, and those of old pages stay.
"use strict";

/**
 * @typedef {object} Build
 * @property {string} version changes with the site
 * @property {string[]} files to keep from the beginning, from the site's root
 * @property {string[]} later to keep when there is time
 */

(() => {
  const build = /** @type {Build} */ (/** @type {any} */ (globalThis).BUILD);
  const worker = /** @type {any} */ (globalThis);
  const scope = new URL("./", location.href);
  const PREFIX = `sitegen${scope.pathname}:`;
  const NAME = PREFIX + build.version;
  const MOST_PAGES = 150;
  const PATIENCE = 5000; // milliseconds, on a network that does not answer
  const FIXED = /\/static\/[^?]+\.[0-9a-f]{8}\.\w+$|\/search\/[bt][0-9a-f]{12}\//;
  /** Pages that the new build has changed. @type {Set<string>} */
  const changed = new Set();

  /** @param {string} url @returns {Promise<Response>} */
  const fresh = (url) => fetch(url, { cache: "no-cache" });

  /** @param {string[]} urls @param {(url: string) => Promise<unknown>} action */
  async function each(urls, action) {
    const rest = [...urls];
    await Promise.all(Array.from({ length: 6 }, async () => {
      for (let url = rest.shift(); url !== undefined; url = rest.shift()) await action(url);
    }));
  }

  /** @param {string[]} urls */
  async function add(urls) {
    const cache = await caches.open(NAME);
    await each(urls.map((url) => new URL(url, scope).href), async (url) => {
      if (await cache.match(url)) return;
      const answer = await fresh(url);
      if (answer.ok) await cache.put(url, answer);
    });
  }

  /** Brings along what earlier builds kept. Throws without a network, and is tried again later. */
  async function renew() {
    const cache = await caches.open(NAME);
    for (const name of await caches.keys()) {
      if (!name.startsWith(PREFIX) || name === NAME) continue;
      const old = await caches.open(name);
      const urls = (await old.keys()).map(({ url }) => url);
      await each(urls.filter((url) => FIXED.test(url)), async (url) => {
        const kept = await old.match(url);
        if (kept) await cache.put(url, kept);
      });
      await each(urls.filter((url) => !FIXED.test(url)).slice(-MOST_PAGES), async (url) => {
        const answer = await fresh(url);
        if (!answer.ok) return;
        const [before, after] = [await (await old.match(url))?.text(), await answer.clone().text()];
        if (before !== after) changed.add(url);
        await cache.put(url, answer);
      });
    }
  }

  /** Returns what is kept, with whatever parameters it was asked for. @param {Request} request */
  async function kept(request) {
    return (await caches.open(NAME)).match(request, { ignoreSearch: request.mode === "navigate" });
  }

  /** @param {Request} request @param {boolean} isKept */
  async function fromNetwork(request, isKept) {
    const answer = await fetch(request);
    if (answer.ok && isKept && !answer.redirected) {
      const cache = await caches.open(NAME);
      await cache.put(request.url.split(/[?#]/)[0], answer.clone());
    }
    return answer;
  }

  function missing() {
    const style = build.files.find((url) => /site\.\w+\.css$/.test(url));
    const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none';style-src 'self';font-src 'self'"><title>Offline</title>
<link rel="stylesheet" href="${scope}${style}"><main><h1>This page is not on this device</h1>
<p>There is no network. The <a href="${scope}">front page</a>, the <a href="${scope}reading-list/">reading list</a> and
the pages that you have visited are here.`;
    return new Response(text, { status: 503, headers: { "Content-Type": "text/html" } });
  }

  /** @param {Request} request */
  async function answer(request) {
    const isFixed = FIXED.test(request.url);
    const isPage = request.mode === "navigate";
    const own = await kept(request);
    if (own && isFixed) return own;
    const asked = fromNetwork(request, isFixed || isPage);
    try {
      if (!own) return await asked;
      const late = new Promise((resolve) => setTimeout(() => resolve(own), PATIENCE));
      return await Promise.race([asked, late]);
    } catch (error) {
      if (own) return own;
      if (isPage) return missing();
      throw error;
    }
  }

  worker.addEventListener("install", (/** @type {any} */ event) => {
    event.waitUntil(add(build.files).then(renew).then(() => worker.skipWaiting()));
  });
  worker.addEventListener("activate", (/** @type {any} */ event) => {
    const begin = async () => {
      for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
      await worker.clients.claim();
      for (const client of await worker.clients.matchAll({ type: "window" })) {
        if (changed.has(client.url.split(/[?#]/)[0])) client.postMessage("changed");
      }
    };
    event.waitUntil(begin());
  });
  worker.addEventListener("message", (/** @type {any} */ event) => {
    const urls = event.data?.pages;
    if (Array.isArray(urls)) event.waitUntil(add(urls).then(() => add(build.later)).catch(() => undefined)); // offline
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { method, url } = event.request;
    if (method === "GET" && url.startsWith(scope.href)) event.respondWith(answer(event.request));
  });
})();
