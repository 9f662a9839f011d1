const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

export const escape = text =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, char => ENTITIES[char]) : text;

export const page = (title, body) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="stylesheet" href="/style.css"><link rel="alternate" type="application/atom+xml" href="/atom.xml"></head>
<body><header><a href="/">Papers</a> <nav><a href="/authors.html">Authors</a> <a href="/archive.html">Archive</a></nav></header>
<main>${body}</main><footer>Thank you to arXiv for use of its open access interoperability.</footer></body></html>
`;

const entry = x =>
  `<li><a href="/papers/${x.s}.html">${escape(x.t)}</a> <time>${x.d}</time> <span>${escape(x.n)}</span> <b>${x.c}</b></li>\n`;

export const list = (title, entries) =>
  page(title, `<h1>${escape(title)}</h1><ul>\n${entries.map(entry).join("")}</ul>`);

// One page, in no collection.
export const single = permalink => ({ eleventyExcludeFromCollections: true, permalink });

// A page for each item of a group, in no collection: the fastest that Eleventy has.
export const each = (data, permalink) => ({
  ...single(d => permalink(d.p)),
  pagination: { data, size: 1, alias: "p", addAllPagesToCollections: false },
});
