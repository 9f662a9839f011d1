import { each, list } from "../lib.js";

export const data = each("archive", period => `archive/${period.s}.html`);
export const render = ({ p }) => list(p.t, p.e);
