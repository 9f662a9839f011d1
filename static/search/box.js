// Suggestions while a reader types: papers, authors and categories in the box of every page, persons in that of the
// list of authors. It follows the combobox pattern of the ARIA Authoring Practices Guide: a list box that is chosen from
// by hand. A classic script, after marks.js.
"use strict";

const SearchBox = (() => {
  const { make } = SearchMarks;
  /** @typedef {{content: (Node | string)[], kind: string, url: string}} Choices */

  /**
   * Offers suggestions below an input; choosing one goes to its address.
   * @param {HTMLInputElement} input
   * @param {(text: string) => Promise<Choices[]>} suggest
   */
  function combobox(input, suggest) {
    const id = `${input.name}-${document.querySelectorAll("[role=listbox]").length}`;
    const list = make("ul", [], { id, class: "suggested", role: "listbox", "aria-label": "Suggestions" });
    list.hidden = true;
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.autocomplete = "off";
    input.after(list);
    let asked = 0;
    let active = -1;

    /** @param {boolean} isOpen */
    function show(isOpen) {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      activate(-1);
    }

    /** @param {number} place */
    function activate(place) {
      list.children[active]?.removeAttribute("aria-selected");
      active = place;
      const option = list.children[active];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) input.setAttribute("aria-activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
    }

    async function update() {
      const text = input.value.trim();
      asked += 1;
      const mine = asked;
      const choices = text.length > 1 ? await suggest(text).catch(() => []) : [];
      if (mine !== asked || document.activeElement !== input) return;
      list.replaceChildren(
        ...choices.map(({ content, kind, url }, place) =>
          make("li", [make("span", content), " ", make("small", [kind])], { id: `${id}-${place}`, role: "option", "data-url": url }),
        ),
      );
      show(choices.length > 0);
    }

    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(update, 120);
    });
    input.addEventListener("blur", () => show(false));
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    list.addEventListener("click", ({ target }) => {
      const url = target instanceof Element && target.closest("li")?.dataset.url;
      if (url) location.href = url;
    });
    input.addEventListener("keydown", (event) => {
      const { length } = list.children;
      if (event.key === "Escape" && !list.hidden) show(false);
      else if (event.key === "Enter" && active >= 0) /** @type {HTMLElement} */ (list.children[active]).click();
      else if (/^Arrow(Up|Down)$/.test(event.key) && length) {
        if (list.hidden) show(true);
        // One place more than there are options: the input itself.
        activate(((active + 1 + (event.key === "ArrowDown" ? 1 : length) ) % (length + 1)) - 1);
      } else return;
      event.preventDefault();
    });
    if (input.value) update();
  }

  /**
   * Adds suggestions to the box of a page, or to that of the list of authors.
   * @param {HTMLFormElement} form
   * @param {Ask} ask
   * @param {(url: string) => string} addressOf
   */
  function start(form, ask, addressOf) {
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
    /** @param {Suggestion} one @returns {Choices} */
    const named = ({ label, kind, url }) => ({ content: [label], kind, url: addressOf(url) });
    combobox(input, async (text) => {
      if (form.dataset.of === "people") return (await ask("people", text)).map(named);
      const { papers, words, people, categories } = await ask("suggest", text);
      const matches = SearchMarks.matcher(words);
      const titles = await Promise.all(papers.map((/** @type {Hit} */ { title, url }) =>
        title ?? SearchMarks.textsOf(addressOf(url)).then((texts) => texts.title)));
      return [
        ...people.map(named),
        ...papers.map((/** @type {Hit} */ { url, year }, /** @type {number} */ place) => ({
          content: [typeof titles[place] === "string" ? titles[place] : SearchMarks.marked(titles[place], matches)],
          kind: String(year),
          url: addressOf(url),
        })),
        ...categories.map(named),
      ];
    });
  }

  return { start };
})();
