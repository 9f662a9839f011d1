// What a page gains where scripts run: a switch between light and dark, copy and save for references, formulas that
// copy as TeX, the abstract where Zotero looks for it, and links to folders that work from a disk. Every page is
// complete without it. first.js loads it, and has set the reader's choice of colours before the page was drawn.
"use strict";

const root = document.documentElement;

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", () => action(made));
  return made;
}

// Light or dark: the system's choice until the reader makes one.
function offerThemes() {
  const made = button("", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page only */ }
  });
  made.className = "theme";
  made.setAttribute("aria-label", "Switch between light and dark");
  document.querySelector("body > header").append(made);
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // There is no clipboard API on plain http and file://.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

const ENDINGS = { BibTeX: ".bib", RIS: ".ris", "CSL-JSON": ".json", Text: ".txt", Markdown: ".md" };

// The format last chosen opens first, and copy and save stand after the formats.
function offerCopies() {
  const cite = document.querySelector(".cite");
  if (!cite) return;
  const formats = [...cite.querySelectorAll("label")];
  const chosen = () => formats.find((format) => format.control.checked);
  const text = () => chosen().nextElementSibling;
  try {
    const last = localStorage.getItem("cite");
    const known = formats.find((format) => format.textContent === last);
    if (known) known.control.checked = true;
  } catch { /* storage is off */ }
  cite.addEventListener("change", () => {
    try { localStorage.setItem("cite", chosen().textContent); } catch { /* for this page only */ }
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  const copying = button("Copy", async () => {
    try {
      await copy(text().textContent);
      say(copying, "Copied");
    } catch {
      getSelection().selectAllChildren(text());
      say(copying, "Press Ctrl+C");
    }
  });
  copying.setAttribute("aria-live", "polite");
  const saving = button("Save", () => {
    // Files are called by the BibTeX key.
    const key = document.getElementById("bibtex").textContent.match(/{([^,]+)/)?.[1] ?? "reference";
    const format = chosen().textContent;
    const lines = text().textContent + "\n";
    // RIS requires CR LF at the end of each line.
    save(format === "RIS" ? lines.replaceAll("\n", "\r\n") : lines, key + ENDINGS[format]);
  });
  tools.append(copying, saving);
  cite.append(tools);
}

// Shows another text on a button for two seconds.
function say(pressed, text) {
  const usual = pressed.dataset.usual ??= pressed.textContent;
  pressed.textContent = text;
  setTimeout(() => { pressed.textContent = usual; }, 2000);
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// «BibTeX of this page» gathers the entries from the papers' own pages. Where all papers listed are in a .bib file
// (on pages of persons and categories), or pages cannot be read (from the disk), there is no need or no way.
function offerBibliography() {
  const titles = [...document.querySelectorAll("main .list a")].filter(
    (link) => /\/abs\/.+\/$/.test(link.pathname) && !link.closest("p, details"));
  const papers = [...new Set(titles.map((link) => link.origin + link.pathname))];
  if (document.querySelector(".cite")) return;
  const asked = document.querySelector(".gather");
  const whole = document.querySelector("main a[download][href$='papers.bib']");
  const listed = asked || (document.querySelector(".crumbs") && !whole && papers.length > 1);
  if (!listed || !papers.length || location.protocol === "file:") return;
  const place = asked ?? document.createElement("p");
  place.classList.add("files");
  // Where nothing that is read moves.
  if (!asked) (document.querySelector("main aside") ?? document.querySelector("main")).append(place);
  const name = document.querySelector("h1").textContent.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  const gathering = button("BibTeX of this page", async () => {
    let done = 0;
    gathering.disabled = true;
    try {
      const entries = await Promise.all(papers.map(async (address) => {
        const entry = (await read(address)).getElementById("bibtex").textContent;
        gathering.textContent = `${++done} of ${papers.length}`;
        return entry;
      }));
      save(entries.join("\n\n") + "\n", `${name}.bib`);
      say(gathering, "Saved");
    } catch {
      say(gathering, "Not all papers could be read");
    }
    gathering.disabled = false;
  });
  gathering.dataset.usual = gathering.textContent;
  place.append(" ", gathering);
}

// Returns a page of this site as a document, whose links do not depend on where they are put.
async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const link of page.querySelectorAll("a[href]")) {
    link.setAttribute("href", new URL(link.getAttribute("href"), address)); // an SVG's link has no other way
  }
  return page;
}

// Four digits until 2014, then five; before April 2007 an archive, perhaps a subject class, and seven digits.
const IDENTIFIER = new RegExp(
  "/((?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\\.\\d{4}|(?:1[5-9]|[2-8]\\d)(?:0[1-9]|1[0-2])\\.\\d{5}" +
  "|(?!abs|pdf|html)[a-z]{1,12}(?:-[a-z]{1,12})?(?:\\.[A-Za-z-]+)?/\\d{7})(v[1-9]\\d*)?(?:\\.pdf)?/*$");

// The page for what is missing: an arXiv identifier in the address leads to the paper, here or at arXiv.
async function nameMissing() {
  const place = document.getElementById("missing");
  const found = place && location.pathname.match(IDENTIFIER);
  if (!found) return;
  const [, written, version = ""] = found;
  const id = written.replace(/\.[A-Za-z-]+\//, "/");
  const link = (address, text) => Object.assign(document.createElement("a"), { href: address, textContent: text });
  const there = link(`https://arxiv.org/abs/${id}${version}`, `arXiv:${id}${version}`);
  const page = new URL(`abs/${id}/`, document.querySelector(".brand").href);
  place.replaceChildren("This archive has no paper ", there, ". The link leads to arXiv.");
  if (page.pathname === location.pathname) return;
  try {
    const here = link(page, "");
    here.append(...(await read(page)).querySelector("h1").childNodes);
    const paper = document.createElement("p");
    paper.className = "found";
    paper.append(here);
    place.replaceChildren(...version
      ? ["All versions of this paper share one page here. Version ", version.slice(1), " is at arXiv: ", there, "."]
      : ["This paper has another address here."]);
    place.after(paper);
  } catch { /* it is not of this archive */ }
}

// The button that unfolds the authors is gone once it is pressed: go on from the first of them.
function keepPlace() {
  document.querySelector(".fold summary")?.addEventListener("click", ({ target }) => {
    requestAnimationFrame(() => target.parentElement.querySelector("ul a")?.focus());
  });
}

// On paper nothing is folded, in browsers too whose style sheets cannot say so.
function unfoldForPrint() {
  let folds = [];
  addEventListener("beforeprint", () => {
    folds = [...document.querySelectorAll(".fold details:not([open]), .affiliations:not([open])")];
    for (const fold of folds) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of folds) fold.open = false; });
}

function asTeX(formula) {
  const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
  formula.replaceWith(mark + formula.querySelector("annotation").textContent + mark);
}

// Zotero and its like look for the abstract in the head. It stands on the page; there is no need to send it twice.
function tellAbstract() {
  const shown = document.querySelector("section.abstract");
  if (!shown || document.querySelector("meta[name=citation_abstract]")) return;
  const text = shown.cloneNode(true);
  text.querySelector("h2").remove();
  text.querySelectorAll("math").forEach(asTeX);
  const tag = document.createElement("meta");
  tag.name = "citation_abstract";
  tag.content = text.textContent.trim().replace(/\s+/g, " ");
  document.head.append(tag);
}

// A formula copies as the TeX that its author typed, whole even where it is selected in part.
function copyFormulas(event) {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const around = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest("math");
  const first = around(range.startContainer);
  const last = around(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = range.cloneContents();
  const formulas = copied.querySelectorAll("math");
  if (!formulas.length) return;
  formulas.forEach(asTeX);
  for (const block of copied.querySelectorAll("h1, h2, h3, p, li, dt, dd")) block.append("\n");
  event.clipboardData.setData("text/plain", copied.textContent.trim());
  event.preventDefault();
}

// Abstracts in lists: folded under each entry, and a switch for all of them that is remembered. What the page does not
// hold is fetched from the paper's own page when it is unfolded. Nothing can be fetched from file://: there the link
// to the paper does.
async function fetchAbstract(link) {
  const found = (await read(link.href)).querySelector("section.abstract");
  found.querySelector("h2")?.remove();
  return [...found.childNodes];
}

function offerAbstract(entry, readAbstract = () => fetchAbstract(entry.querySelector(":scope > a"))) {
  const fold = document.createElement("details");
  fold.appendChild(document.createElement("summary")).textContent = "Abstract";
  fold.addEventListener("toggle", async () => {
    if (fold.dataset.asked || !fold.open) return;
    fold.dataset.asked = "yes";
    try {
      fold.append(...await readAbstract());
    } catch {
      delete fold.dataset.asked;
      fold.open = false;
    }
  });
  entry.append(fold);
  return fold;
}

function offerAbstracts() {
  const entries = [...document.querySelectorAll(".listing .list > li")];
  const folds = entries.map((entry) =>
    entry.querySelector("details") ?? (location.protocol === "file:" ? null : offerAbstract(entry))).filter(Boolean);
  if (!folds.length) return;
  // Those far below are unfolded when the reader comes near.
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) target.querySelector("details").open = true;
    }
  }, { rootMargin: "0px 0px 600px" });
  const label = document.createElement("label");
  const all = label.appendChild(document.createElement("input"));
  all.type = "checkbox";
  label.append("Show all abstracts");
  label.className = "abstracts";
  function show() {
    near.disconnect();
    for (const fold of folds) {
      if (all.checked) near.observe(fold.parentElement);
      else fold.open = false;
    }
  }
  all.addEventListener("change", () => {
    show();
    try { localStorage.setItem("abstracts", all.checked); } catch { /* for this page only */ }
  });
  const place = document.querySelector(".above");
  if (!place) return;
  place.append(label);
  try { all.checked = localStorage.getItem("abstracts") === "true"; } catch { /* storage is off */ }
  show();
}

// From file:// a link to a folder shows its listing; there, and only there, name the page in it.
function nameFiles() {
  if (location.protocol !== "file:") return;
  for (const link of document.querySelectorAll("a[href]")) {
    const target = link.href.baseVal === undefined ? link.href : new URL(link.href.baseVal, location).href;
    const url = new URL(target);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) {
      url.pathname += "index.html";
      link.setAttribute("href", url.href);
    }
  }
}

// Loads the script of the search once; first.js knows its address.
let searchLoaded;
function loadSearch() {
  searchLoaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    document.head.append(Object.assign(script, { id: "finder", src: searchScript, onload: resolve, onerror: reject }));
  });
  return searchLoaded;
}

// The box of every page, which is of no use without scripts. In the style sheet there is room for it.
function addBox() {
  if (document.getElementById("search")) return;
  const form = document.createElement("form");
  Object.assign(form, { className: "find", action: new URL("../search/", searchScript) });
  form.setAttribute("role", "search");
  form.innerHTML = '<input type="search" name="q" placeholder="Search" aria-label="Search papers">';
  document.querySelector("body > header").append(form);
}

// The scripts of the search come when somebody is about to search. "/" goes to the box.
function offerSearch() {
  const boxes = document.querySelectorAll(".find input");
  for (const { form } of boxes) {
    if (location.protocol === "file:") form.action += "index.html";
    form.addEventListener("focusin", () => { loadSearch().catch(() => {}); });
  }
  addEventListener("keydown", (event) => {
    const box = document.querySelector("#search input") ?? boxes[0];
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !box) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

function start() {
  addBox();
  offerSearch();
  offerThemes();
  offerCopies();
  offerBibliography();
  nameMissing();
  keepPlace();
  unfoldForPrint();
  tellAbstract();
  offerAbstracts();
  document.addEventListener("copy", copyFormulas);
  nameFiles();
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
