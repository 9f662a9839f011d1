// What a page gains where scripts run: a switch between light and dark, copy and save for references, formulas that
// copy as TeX, the abstract where Zotero looks for it, and links to folders that work from a disk. Every page is
// complete without it. It is loaded before the page is drawn, so that nobody who has chosen dark sees a flash of light.
"use strict";

const root = document.documentElement;
try {
  const chosen = localStorage.getItem("theme");
  if (chosen) root.dataset.theme = chosen;
} catch { /* storage is off: the system's choice stands */ }

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

const ENDINGS = { bibtex: ".bib", ris: ".ris", csl: ".json" };

function offerCopies() {
  for (const reference of document.querySelectorAll(".cite pre")) {
    const tools = document.createElement("div");
    tools.className = "tools";
    const copying = button("Copy", async (pressed) => {
      try {
        await copy(reference.textContent);
        pressed.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(reference);
        pressed.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { pressed.textContent = "Copy"; }, 2000);
    });
    copying.setAttribute("aria-live", "polite");
    tools.append(copying);
    if (ENDINGS[reference.id]) tools.append(button("Save", () => save(reference)));
    reference.before(tools);
  }
}

function save(reference) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([reference.textContent + "\n"], { type: "text/plain" }));
  // Files are called by the BibTeX key.
  const key = document.getElementById("bibtex")?.textContent.match(/{([^,]+)/)?.[1] ?? "reference";
  link.download = key + ENDINGS[reference.id];
  link.click();
  URL.revokeObjectURL(link.href);
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
  const answer = await fetch(link.href);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("section.abstract");
  if (!found) throw new Error("no abstract");
  found.querySelector("h2")?.remove();
  // Its links start from the paper's page.
  for (const other of found.querySelectorAll("a[href]")) other.href = new URL(other.getAttribute("href"), link.href);
  return [...found.childNodes];
}

function offerAbstract(entry) {
  const fold = document.createElement("details");
  fold.innerHTML = "<summary>Abstract</summary>";
  fold.addEventListener("toggle", async () => {
    if (fold.dataset.asked || !fold.open) return;
    fold.dataset.asked = "yes";
    try {
      fold.append(...await fetchAbstract(entry.querySelector(":scope > a")));
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
  for (const link of document.querySelectorAll("a[href]")) {
    const target = link.href.baseVal === undefined ? link.href : new URL(link.href.baseVal, location).href;
    const url = new URL(target);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) {
      url.pathname += "index.html";
      link.setAttribute("href", url.href);
    }
  }
}

addEventListener("DOMContentLoaded", () => {
  offerThemes();
  offerCopies();
  tellAbstract();
  offerAbstracts();
  document.addEventListener("copy", copyFormulas);
  if (location.protocol === "file:") nameFiles();
});
