import { escape, single } from "../lib.js";

const entry = x =>
  `<entry><id>https://example.org/papers/${x.s}.html</id><title>${escape(x.t)}</title><updated>${x.d}T00:00:00Z</updated><link href="https://example.org/papers/${x.s}.html"/></entry>\n`;

export const data = single("atom.xml");
export const render = d =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers</title><id>https://example.org/</id>${d.newest.map(entry).join("")}</feed>`;
