import { each, list } from "../lib.js";

export const data = each("authors", author => `authors/${author.s}.html`);
export const render = ({ p }) => list(p.t, p.e);
