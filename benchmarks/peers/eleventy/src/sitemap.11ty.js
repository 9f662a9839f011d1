import { single } from "../lib.js";

const urls = (section, slugs) =>
  slugs.map(slug => `<url><loc>https://example.org/${section}/${slug}.html</loc></url>\n`).join("");

export const data = single("sitemap.xml");
export function render(d) {
  const all = [
    urls("papers", d.papers.map(p => p.slug)),
    urls("authors", d.authors.map(p => p.s)),
    urls("archive", d.archive.map(p => p.s)),
    urls("letters", d.letters.map(p => p.s)),
  ];
  return `<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${all.join("")}</urlset>`;
}
