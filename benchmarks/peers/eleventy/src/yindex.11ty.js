import { page, single } from "../lib.js";

const link = x => `<li><a href="/archive/${x.s}.html">${x.t}</a> (${x.e.length})</li>`;

export const data = single("archive.html");
export function render(d) {
  const yearsAndMonths = d.archive.filter(x => x.s.length < 10);
  return page("Archive", `<h1>Archive</h1><ul>${yearsAndMonths.map(link).join("")}</ul>`);
}
