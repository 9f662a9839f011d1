import { each, escape, page } from "../lib.js";

const link = x => `<li><a href="/authors/${x.s}.html">${escape(x.t)}</a> (${x.n})</li>\n`;

export const data = each("letters", letter => `letters/${letter.s}.html`);
export const render = ({ p }) =>
  page(p.t, `<h1>Authors: ${p.t}</h1><ul>\n${p.e.map(link).join("")}</ul>`);
