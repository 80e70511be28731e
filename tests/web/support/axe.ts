import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What a page runs so that it has `axe`. */
export const axeSource = await readFile(path, "utf8");
