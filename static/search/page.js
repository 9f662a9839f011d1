// The search page: what its address asks for, results, filters, and references to save. A classic script, after box.js;
// the last one, which starts what the page at hand needs.
"use strict";

const SearchPage = (() => {
  const { AUTHORS, make, textsOf, matcher, marked, sentences } = SearchMarks;
  const SIZE = 20;
  const FIRST = 10; // hits that are shown before the pages of others are loaded
  const SAVED_AT_MOST = 500;
  const AT_ONCE = 8; // pages that are loaded for references
  const KEYS = ["q", "years", "cat", "author", "published", "sort", "page"];
  const RELATED = 8;

  /** @param {number} number */
  const grouped = (number) => number.toLocaleString("en");
  /** @param {number} number */
  const papersOf = (number) => `${grouped(number)} paper${number === 1 ? "" : "s"}`;

  /**
   * @param {HTMLFormElement} form
   * @param {Ask} ask
   * @param {(url: string) => string} addressOf
   */
  function start(form, ask, addressOf) {
    const isDisk = location.protocol === "file:";
    /** @param {string} id @returns {any} */
    const part = (id) => document.getElementById(id);
    const input = form.q;
    /** @type {Wanted} */
    let wanted = { q: "" };
    let asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer; // until the address says what was typed
    /** @type {ReturnType<typeof setTimeout>} */
    let teller;
    /** @type {Set<string>} */
    const ticked = new Set(); // addresses of papers' pages

    /** Where a change of what is wanted leads; another page is the first. @param {Partial<Wanted>} change */
    function href(change) {
      const params = new URLSearchParams();
      for (const [key, value] of Object.entries({ ...wanted, page: "", ...change })) if (value) params.set(key, value);
      return `?${params}`;
    }

    /** @param {string} address @param {boolean} [isSubmitted] */
    function go(address, isSubmitted) {
      clearTimeout(timer);
      timer = undefined;
      if (isDisk) location.search = address; // pages on a disk may not change their address themselves
      else history.pushState(null, "", address);
      show(isSubmitted);
    }

    /** @param {boolean} [isSubmitted] */
    function show(isSubmitted) {
      const given = new URLSearchParams(location.search);
      wanted = { q: "", ...Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ""])) };
      input.value = wanted.q;
      run(isSubmitted);
    }

    // What a link changes: it may be pressed after another one, before the new counts are there.
    /** @type {WeakMap<Element, Partial<Wanted>>} */
    const changes = new WeakMap();

    /** @param {Partial<Wanted>} change @param {(Node | string)[]} content @param {boolean} [isCurrent] */
    function link(change, content, isCurrent) {
      const made = make("a", content, { href: href(change), ...(isCurrent ? { "aria-current": "true" } : {}) });
      changes.set(made, change);
      return made;
    }

    /** Hides the help, and makes room for results; first.js has done so before. @param {boolean} is */
    function isAsked(is) {
      document.documentElement.classList.toggle("asked", is);
    }

    /** Says the address what was typed. */
    function noteTyped() {
      clearTimeout(timer);
      timer = undefined;
      history.replaceState(null, "", href({}));
    }

    /** Shows a result, and tells it to screen readers when the reader pauses. @param {(Node | string)[]} content */
    function say(...content) {
      part("said").replaceChildren(...content);
      clearTimeout(teller);
      teller = setTimeout(() => {
        part("told").textContent = part("said").textContent;
      }, 700);
    }

    /** Puts links into a place. If one had the focus, then so has its like, or else the result. @param {Element} place @param {(Node | string)[]} content */
    function put(place, content) {
      const focus = place.contains(document.activeElement) && document.activeElement?.textContent;
      place.replaceChildren(...content);
      if (focus) ([...place.querySelectorAll("a")].find((one) => one.textContent === focus) ?? part("said")).focus();
    }

    /** @param {boolean} [isSubmitted] */
    async function run(isSubmitted) {
      asked += 1;
      const mine = asked;
      document.title = document.title.replace(/^.*?(?= · )/, wanted.q ? `${wanted.q}: search` : "Search");
      isAsked(!!wanted.q);
      const isFiltered = KEYS.slice(1, 5).some((key) => wanted[/** @type {keyof Wanted} */ (key)]);
      part("on").hidden = !isFiltered;
      if (!wanted.q.trim()) {
        part("found").hidden = true;
        say();
        return;
      }
      if (part("found").hidden) say("Searching …");
      const found = await ask("find", wanted, SIZE).catch(() => undefined);
      if (mine !== asked) return;
      if (!found) {
        part("found").hidden = true;
        say("The index cannot be read. Try again when you are online.");
        return;
      }
      if (found.wanted && found.total && isSubmitted) location.replace(addressOf(found.hits[0].url));
      tell(found);
      const isEmpty = !found.total && !isFiltered;
      part("found").hidden = isEmpty;
      isAsked(!isEmpty);
      put(part("sort"), [link({ sort: "" }, ["Relevance"], !wanted.sort), " ", link({ sort: "new" }, ["Newest first"], !!wanted.sort)]);
      const hits = part("hits");
      const matches = matcher(found.words);
      /** @type {ReturnType<typeof row>[]} */
      const items = found.hits.map((/** @type {Hit} */ hit) => row(hit, matches));
      // Each appears as soon as those before it have.
      /** @type {(PaperTexts | undefined)[]} */
      const texts = [];
      /** @type {Promise<PaperTexts | undefined>[]} */
      let loading = [];
      if (!items.length) hits.replaceChildren();
      for (const [place, { element }] of items.entries()) {
        if (place % FIRST === 0) loading = items.slice(place, place + FIRST).map((item) => item.load());
        texts.push(await loading[place % FIRST]);
        if (mine !== asked) return;
        if (place) hits.append(element);
        else hits.replaceChildren(element);
      }
      pages(found.total);
      related(texts, matches, mine);
      filters(mine);
      const people = wanted.page ? [] : await ask("people", wanted.q, 3).catch(() => []); // offline
      if (mine === asked) list("people", people.map((/** @type {Suggestion} */ { label, url }) => [make("a", [label], { href: addressOf(url) })]));
    }

    /** @param {{total: number, corrections: Correction[], wanted: string}} found */
    function tell({ total, corrections, wanted: identifier }) {
      say(
        ...corrections.flatMap(({ typed, used }) => ["No paper has ", make("em", [typed]), "; showing ", make("em", [used]), ". "]),
        total ? papersOf(total) : identifier ? "This archive has no such paper. " : "No paper has all of this.",
        ...(!total && identifier && !identifier.startsWith("10.") ? [make("a", [`arXiv:${identifier}`], { href: `https://arxiv.org/abs/${identifier}` })] : []),
      );
      part("star").replaceChildren(...(typeof ReaderFollow === "undefined" || !total ? [] : [
        ReaderFollow.star(`search/?${new URLSearchParams({ q: wanted.q.trim() })}`, () => ({
          kind: "search", title: wanted.q.trim(), feed: "", since: ReaderStorage.get("visit").seen,
        })),
      ]));
      part("save").disabled = !total;
      part("save").dataset.total = total;
      offer();
    }

    /** @param {Hit} hit @param {(word: string) => boolean} matches */
    function row(hit, matches) {
      const { id, url, date, category, published } = hit;
      const tick = /** @type {HTMLInputElement} */ (make("input", [], { type: "checkbox", "aria-label": `Select ${id}` }));
      const address = addressOf(url);
      tick.checked = ticked.has(address);
      tick.addEventListener("change", () => {
        if (tick.checked) ticked.add(address);
        else ticked.delete(address);
        offer();
      });
      const title = make("a", [hit.title ?? id], { href: address });
      const authors = make("p", [hit.authors ?? ""], { class: "by" });
      const said = make("p", []);
      const day = new Date(date).toLocaleDateString("en-GB", { dateStyle: "medium", timeZone: "UTC" });
      const facts = make("p", [make("time", [day], { datetime: date }), ` · ${id}`, category && ` · ${category}`, ...(published ? [" · ", make("b", ["published"])] : [])], { class: "under" });
      const element = make("li", [...(isDisk ? [] : [tick]), title, authors, said, facts]);
      /** @param {PaperTexts} texts */
      const fill = (texts) => {
        title.replaceChildren(marked(texts.title, matches));
        const { length } = texts.authors;
        const shown = length > AUTHORS ? [...texts.authors.slice(0, AUTHORS - 1), texts.authors[length - 1]] : texts.authors;
        authors.replaceChildren(
          ...shown.flatMap((one, place) => [place ? (length > AUTHORS && place === AUTHORS - 1 ? ", … " : ", ") : "", marked(one, matches)]),
        );
        said.replaceChildren(...sentences(texts.abstract, matches).map((one) => marked(one, matches)));
        return texts;
      };
      if (isDisk) {
        for (const place of [title, authors]) place.replaceChildren(...marked(place, matches).childNodes);
      }
      const load = async () => (isDisk ? undefined : textsOf(address).then(fill).catch(() => undefined));
      return { element, load };
    }

    /** @param {number} total */
    function pages(total) {
      const last = Math.ceil(total / SIZE);
      const here = Number(wanted.page || 1);
      const numbers = [...new Set([1, here - 2, here - 1, here, here + 1, here + 2, last])].filter((one) => one >= 1 && one <= last);
      part("pages").replaceChildren(
        ...(last < 2 ? [] : numbers.flatMap((one, place) => [
          ...(place && one > numbers[place - 1] + 1 ? [make("span", ["…"])] : []),
          make("a", [grouped(one)], { href: href({ page: String(one) }), ...(one === here ? { "aria-current": "page" } : {}) }),
        ])),
      );
    }

    /** @param {number} mine */
    async function filters(mine) {
      const counts = await ask("counts", wanted).catch(() => undefined); // offline
      if (mine !== asked || !counts) return;
      years(counts);
      // Filters may be folded; those that are on are not.
      /** @type {(Node | string)[][]} */
      const on = wanted.years ? [[link({ years: "" }, [wanted.years.replace("-", "–")])]] : [];
      /** @param {"cat" | "author" | "published"} key @param {Choice[]} choices */
      const fill = (key, choices) => {
        list(key, choices.map(([value, label, papers]) => {
          const isOn = wanted[key] === value;
          if (isOn) on.push([link({ [key]: "" }, [label])]);
          return [link({ [key]: isOn ? "" : value }, [label], isOn), " ", make("span", [grouped(papers)])];
        }));
      };
      fill("cat", counts.categories.filter((/** @type {Choice} */ [code]) => code));
      fill("author", counts.authors);
      fill("published", counts.published || wanted.published ? [["1", "Journal or DOI", counts.published]] : []);
      list("on", on);
    }

    /** @param {{first: number, last: number, years: Map<number, number>}} counts */
    function years({ first, last, years: counts }) {
      const chart = part("bars");
      const all = Array.from({ length: last - first + 1 }, (_, place) => first + place);
      const most = Math.max(...counts.values(), 1);
      const [from, to = from] = (wanted.years || `${first}-${last}`).split("-").map((year, place) => Number(year) || [first, last][place]);
      chart.replaceChildren(
        ...all.map((year) => {
          const papers = counts.get(year) ?? 0;
          const bar = make("i", [], { title: `${year}: ${papersOf(papers)}`, ...(year >= from && year <= to ? { class: "on" } : {}) });
          bar.style.setProperty("--of", String(papers / most)); // pages allow no attribute «style»
          return bar;
        }),
      );
      for (const [name, value] of /** @type {[string, number][]} */ ([["from", from], ["to", to]])) {
        form[name].replaceChildren(...all.map((year) => make("option", [String(year)], { value: String(year) })));
        form[name].value = value;
      }
      /** @param {PointerEvent} event */
      const yearAt = ({ clientX }) => {
        const { left, width } = chart.getBoundingClientRect();
        return all[Math.min(all.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * all.length)))];
      };
      /** @type {number | undefined} */
      let held;
      chart.onpointerdown = (/** @type {PointerEvent} */ event) => {
        held = yearAt(event);
        chart.setPointerCapture(event.pointerId);
        chart.onpointermove(event);
      };
      chart.onpointermove = (/** @type {PointerEvent} */ event) => {
        if (held === undefined) return;
        const other = yearAt(event);
        const ends = [Math.min(held, other), Math.max(held, other)];
        [...chart.children].forEach((bar, place) => bar.classList.toggle("on", all[place] >= ends[0] && all[place] <= ends[1]));
        [form.from.value, form.to.value] = ends;
      };
      chart.onpointerup = chosen;
    }

    function chosen() {
      const ends = [form.from.value, form.to.value].sort();
      go(href({ years: ends.join("-") }));
    }

    /** Offers words that the best papers share and others do not. @param {(PaperTexts | undefined)[]} texts @param {(word: string) => boolean} matches @param {number} mine */
    async function related(texts, matches, mine) {
      const common = await ask("common").catch(() => undefined); // offline
      if (mine !== asked || !common) return;
      /** @type {Map<string, number>} */
      const papers = new Map();
      /** @param {Node[]} parts */
      const count = (parts) => {
        for (const word of new Set(SearchWords.words(parts.map((one) => one.textContent).join(" "))[0])) {
          if (/^\p{L}{4,}(?<!ly)$/u.test(word) && !matches(word)) SearchReader.addTo(papers, word);
        }
      };
      for (const known of texts) {
        count(known ? [known.title] : []); // what is said in a title too counts twice
        count(known?.abstract ?? []);
      }
      const found = [...papers]
        .filter(([word, number]) => number > 1 && !papers.has(word.slice(0, -1)) && !SearchWords.STOP_WORDS.has(word))
        .map(([word, number]) => /** @type {[string, number]} */ ([word, number * (number - 1) * ((common[word] ?? 8) - 2)]))
        .filter(([, points]) => points > 0)
        .sort(([, points], [, more]) => more - points)
        .slice(0, RELATED);
      list("related", found.map(([word]) => [link({ q: `${wanted.q.trim()} ${word}` }, [word])]));
    }

    /** Fills the list of a part, which is hidden if it has none. @param {string} id @param {(Node | string)[][]} entries */
    function list(id, entries) {
      part(id).hidden = !entries.length;
      put(part(id).querySelector("ul"), entries.map((one) => make("li", one)));
    }

    /** Says what a click on the button saves. */
    function offer() {
      const total = Number(part("save").dataset.total);
      part("save").hidden = isDisk;
      const saved = ticked.size ? `${ticked.size} selected` : total > SAVED_AT_MOST ? `the first ${SAVED_AT_MOST}` : "all";
      part("save").textContent = `Save ${saved} as .bib`;
    }

    async function saveAll() {
      const button = part("save");
      button.disabled = true;
      const all = ticked.size ? [...ticked] : (await ask("find", { ...wanted, page: "" }, SAVED_AT_MOST)).hits.map((/** @type {Hit} */ hit) => addressOf(hit.url));
      /** @type {string[]} */
      const entries = [];
      for (let first = 0; first < all.length; first += AT_ONCE) {
        button.textContent = `Reading ${first + 1} of ${all.length} …`;
        /** @type {(PaperTexts | undefined)[]} */
        const some = await Promise.all(all.slice(first, first + AT_ONCE).map((/** @type {string} */ address) => textsOf(address).catch(() => undefined)));
        entries.push(...some.flatMap((texts) => texts?.bibtex || []));
      }
      const name = wanted.q.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "papers";
      /** @type {any} */ (globalThis).save(`${entries.join("\n\n")}\n`, `${name}.bib`); // of site.js
      button.disabled = false;
      offer();
      if (entries.length < all.length) say(`${all.length - entries.length} of ${all.length} pages could not be read.`);
    }

    input.addEventListener("input", () => {
      wanted = { q: input.value, sort: wanted.sort };
      run();
      // Browsers refuse more than a hundred addresses in half a minute.
      clearTimeout(timer);
      if (!isDisk) timer = setTimeout(noteTyped, 400);
    });
    form.addEventListener("submit", (event) => {
      if (isDisk) return;
      event.preventDefault();
      go(href({ q: input.value }), true);
    });
    for (const name of ["from", "to"]) form[name].addEventListener("change", chosen);
    part("save").addEventListener("click", saveAll);
    document.addEventListener("click", (event) => {
      const target = event.target instanceof Element && event.target.closest("a");
      if (timer) noteTyped();
      if (isDisk || !target || !target.getAttribute("href")?.startsWith("?") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (target.closest("#pages")) scrollTo(0, 0);
      if (target.closest("#on,#pages")) part("said").focus(); // these links are no more
      const change = changes.get(target);
      go(change ? href(change) : target.getAttribute("href") ?? "");
    });
    addEventListener("popstate", () => show());
    const wide = matchMedia("(min-width:58rem)");
    const fold = () => {
      part("filters").open = wide.matches;
    };
    wide.addEventListener("change", fold);
    fold();
    show(true);
    if (!wanted.q) input.focus();
  }

  return { start };
})();

if (typeof document !== "undefined") {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const root = SearchFinder.rootOf(script);
  /** @param {string} url */
  const addressOf = (url) => root + url + (root.startsWith("file:") && url.endsWith("/") ? "index.html" : "");
  const ask = SearchFinder.connect(script);
  for (const form of document.forms) {
    if (form.id === "search") SearchPage.start(form, ask, addressOf);
    else if (form.classList.contains("find")) SearchBox.start(form, ask, addressOf);
  }
}
