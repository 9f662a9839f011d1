// Part of every page in the preview, as a plugin of livereload's script.
"use strict";

const SitegenPreview = {
  // Loads livereload's script, which waits for news at the address that it is told. That of the page is right even
  // where the port is forwarded and the server knows another name.
  listen() {
    const port = location.port || (location.protocol === "https:" ? 443 : 80);
    const script = document.createElement("script");
    // Without a delay between attempts that grows, a page soon finds a preview that was started again.
    const address = `/livereload.js?host=${location.hostname}&port=${port}&maxdelay=2000`;
    // Pages take the address of a script from a policy only, and the site's own allows scripts of the site.
    const policy = window.trustedTypes?.createPolicy("preview", { createScriptURL: (url) => url });
    script.src = policy?.createScriptURL(address) ?? address;
    document.head.append(script);
  },
};

window.LiveReloadPluginSitegen = class {
  static identifier = "sitegen";
  static version = "1.0";

  // What a page says of itself when it begins to wait for news: a build may have come before.
  analyze() {
    return { edition: this.own(document).dataset.edition };
  }

  // Where only style sheets have changed, the new ones take the place of the old, and the page stays as it is,
  // scrolled and filled in. Its names are asked for, because a style sheet has a new one with each change.
  reload(path) {
    if (!path.endsWith(".css")) return false;
    this.restyle().catch(() => location.reload());
    return true;
  }

  async restyle() {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const wanted = page.querySelectorAll("link[rel=stylesheet]");
    const shown = document.querySelectorAll("link[rel=stylesheet]");
    if (wanted.length !== shown.length) throw new Error("another page");
    shown.forEach((old, index) => {
      const href = wanted[index].getAttribute("href");
      if (href === old.getAttribute("href")) return;
      const fresh = old.cloneNode();
      fresh.href = href;
      // The old one goes when the new one is there, so that nobody sees a page without style.
      fresh.addEventListener("load", () => old.remove());
      fresh.addEventListener("error", () => location.reload());
      old.after(fresh);
    });
    this.own(document).dataset.edition = this.own(page).dataset.edition;
  }

  own(page) {
    return page.querySelector("script[data-edition]");
  }
};
