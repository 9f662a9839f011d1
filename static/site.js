// What a page gains where scripts run: copy and save for references, a switch between light and dark,
// and links to folders that work from a disk. Every page is complete without it.
"use strict";

// From file:// a link to a folder shows its listing; there, and only there, name the page in it.
if (location.protocol === "file:") {
  for (const link of document.querySelectorAll("a[href]")) {
    const url = new URL(link.href);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) {
      url.pathname += "index.html";
      link.href = url.href;
    }
  }
}

// Light or dark: the system's choice until the reader makes one.
const theme = document.querySelector(".theme");
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window: for this page only */ }
  });
}

// Copy and save, for each reference format.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // No clipboard API on plain http and file://.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.setAttribute("aria-live", "polite");
  made.addEventListener("click", () => action(made));
  return made;
}

for (const reference of document.querySelectorAll(".cite pre")) {
  const tools = document.createElement("div");
  tools.className = "tools";
  tools.append(button("Copy", async (pressed) => {
    try {
      await copy(reference.textContent);
      pressed.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(reference);
      pressed.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { pressed.textContent = "Copy"; }, 2000);
  }));
  if (reference.dataset.file) {
    tools.append(button("Save", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([reference.textContent + "\n"], { type: "text/plain" }));
      link.download = reference.dataset.file;
      link.click();
      URL.revokeObjectURL(link.href);
    }));
  }
  reference.before(tools);
}
