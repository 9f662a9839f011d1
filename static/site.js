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

// The scripts of the search come when somebody is about to search. "/" goes to the box.
function offerSearch() {
  const boxes = document.querySelectorAll(".find input");
  for (const { form } of boxes) {
    if (location.protocol === "file:") form.action += "index.html";
    form.addEventListener("focusin", () => {
      if (document.getElementById("finder")) return;
      const script = document.createElement("script");
      script.id = "finder";
      script.src = form.dataset.script;
      document.head.append(script);
    });
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

addEventListener("DOMContentLoaded", () => {
  offerSearch();
  offerThemes();
  offerCopies();
  tellAbstract();
  document.addEventListener("copy", copyFormulas);
  if (location.protocol === "file:") nameFiles();
});
