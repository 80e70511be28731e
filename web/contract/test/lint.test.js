import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createConfig, lint } from "@redocly/openapi-core";
import { pathOf } from "../src/document.js";

const RULES = {
  // Every operation has a `default`; few have nothing else to refuse.
  "operation-4xx-response": "off",
};

async function complaints(name) {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: RULES,
  });
  const found = await lint({ ref: pathOf(name), config });
  return found.map(
    (x) => `${x.ruleId}: ${x.message} at ${x.location[0]?.pointer}`,
  );
}

describe("the linter has nothing against", () => {
  it("openapi.yaml", async () => {
    assert.deepEqual(await complaints("openapi.yaml"), []);
  });
});
