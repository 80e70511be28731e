import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** Where the published documents are. */
export const pathOf = (name) =>
  fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

export const load = (name) => parse(readFileSync(pathOf(name), "utf8"));

/** The value at a JSON pointer that begins with "#". */
export function at(document, pointer) {
  const steps = pointer.split("/").slice(1);
  const unescaped = steps.map((x) =>
    decodeURIComponent(x).replaceAll("~1", "/").replaceAll("~0", "~"),
  );
  return unescaped.reduce((value, step) => value?.[step], document);
}

/** What a value refers to, or itself. */
export function follow(document, value) {
  return value?.$ref ? follow(document, at(document, value.$ref)) : value;
}

/** A step of a JSON pointer. */
export const escaped = (step) =>
  String(step).replaceAll("~", "~0").replaceAll("/", "~1");
