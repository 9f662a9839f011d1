import fs from "node:fs";

const GROUPS = ["papers", "authors", "archive", "letters", "newest"];

export default function (config) {
  for (const group of GROUPS) {
    config.addGlobalData(group, () => JSON.parse(fs.readFileSync(`${process.env.DATA}/${group}.json`)));
  }
  config.setTemplateFormats(["11ty.js"]);
  return { dir: { input: "src", includes: "_includes", output: process.env.OUT } };
}
