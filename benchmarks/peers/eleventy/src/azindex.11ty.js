import { page, single } from "../lib.js";

const link = x => `<li><a href="/letters/${x.s}.html">${x.t}</a> (${x.e.length})</li>`;

export const data = single("authors.html");
export const render = d => page("Authors", `<h1>Authors</h1><ul>${d.letters.map(link).join("")}</ul>`);
