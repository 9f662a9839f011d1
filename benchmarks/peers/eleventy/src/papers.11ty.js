import { each, escape, page } from "../lib.js";

const author = a => `<a href="/authors/${a.slug}.html">${escape(a.name)}</a>`;
const neighbour = (rel, x) => (x ? `<a rel="${rel}" href="/papers/${x.s}.html">${escape(x.t)}</a>` : "");

export const data = each("papers", paper => `papers/${paper.slug}.html`);
export const render = ({ p }) =>
  page(p.title, `<article><h1>${escape(p.title)}</h1>
<p class="authors">${p.authors.map(author).join(", ")}</p>
<p class="dates">Published <a href="/archive/${p.day}.html"><time>${p.day}</time></a>${p.up !== p.day ? `, updated <time>${p.up}</time>` : ""}</p>
<p class="cats">${p.categories.map(c => `<span>${c}</span> `).join("")}</p>
<div class="abstract">${escape(p.abstract)}</div>
${p.comment ? `<p>Comment: ${escape(p.comment)}</p>` : ""}${p.doi ? `<p>DOI: <a href="https://doi.org/${p.doi}">${p.doi}</a></p>` : ""}
<p><a href="https://arxiv.org/abs/${p.id}">abs</a> <a href="https://arxiv.org/pdf/${p.id}">pdf</a></p>
<nav>${neighbour("prev", p.prev)} ${neighbour("next", p.next)}</nav></article>`);
