// Keeps pages for use offline, where the site's settings say so: registers the service worker, tells it what to keep,
// and says when this page has changed. A classic script, after papers.js.
"use strict";

(() => {
  const { root, get, subscribe } = ReaderStorage;
  const HOUR = 3_600_000;
  const { serviceWorker } = navigator;
  // There is none on plain http, other than on this machine, and on a disk.
  if (!serviceWorker || !location.protocol.startsWith("http")) return;

  function keep() {
    const papers = Object.keys(get("papers")).map((id) => `abs/${id}/`);
    const pages = [location.href.split(/[?#]/)[0], ...papers.map((url) => new URL(url, root).href)];
    serviceWorker.controller?.postMessage({ pages });
  }

  let asked = Date.now();
  serviceWorker.register(new URL("sw.js", root)).then((registration) => {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - asked < HOUR) return;
      asked = Date.now();
      registration.update().catch(() => undefined); // offline
    });
  }, () => undefined); // storage is off
  serviceWorker.addEventListener("controllerchange", keep);
  serviceWorker.addEventListener("message", ({ data }) => {
    if (data === "changed") ReaderPapers.say("This page has been updated.", () => location.reload(), "Reload");
  });
  subscribe("papers", keep);
  addEventListener("load", () => setTimeout(keep, 1000));
})();
