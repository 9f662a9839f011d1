// Published as sw.js where a site is not kept for use offline: removes the worker that an earlier build installed, and
// all that it kept.
"use strict";

(() => {
  const worker = /** @type {any} */ (globalThis);
  const prefix = `sitegen${new URL("./", location.href).pathname}:`;
  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("activate", (/** @type {any} */ event) => {
    const remove = async () => {
      for (const name of await caches.keys()) if (name.startsWith(prefix)) await caches.delete(name);
      await worker.registration.unregister();
    };
    event.waitUntil(remove());
  });
})();
