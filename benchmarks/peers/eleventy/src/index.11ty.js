import { list, single } from "../lib.js";

export const data = single("index.html");
export const render = d => list("Papers", d.newest);
