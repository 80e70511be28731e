import assert from "node:assert/strict";
import { describe, it } from "node:test";
import asyncapi from "@asyncapi/specs";
import { createConfig, lint } from "@redocly/openapi-core";
import Ajv from "ajv";
import { load, pathOf } from "../../docs/src/document.js";

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

/** Where a document is not what the official schema of AsyncAPI 3.0 asks for. */
function schemaErrors(name) {
  const ajv = new Ajv({
    meta: false,
    validateSchema: false,
    strict: false,
    validateFormats: false,
  });
  const check = ajv.compile(asyncapi.schemas["3.0.0"]);
  return check(load(name))
    ? []
    : check.errors.map((x) => `${x.instancePath} ${x.message}`);
}

describe("the linter has nothing against", () => {
  it("openapi.yaml", async () => {
    assert.deepEqual(await complaints("openapi.yaml"), []);
  });

  it("asyncapi.yaml", async () => {
    assert.deepEqual(await complaints("asyncapi.yaml"), []);
    assert.deepEqual(schemaErrors("asyncapi.yaml"), []);
  });

  it("what the two have in common: it is the same", () => {
    const http = load("openapi.yaml").components.schemas;
    const live = load("asyncapi.yaml").components.schemas;
    const both = Object.keys(live).filter((x) => x in http);
    assert.ok(both.length > 15);
    for (const name of both) {
      // What AsyncAPI has under this name is another thing.
      const { discriminator: _, ...schema } = http[name];
      assert.deepEqual(live[name], schema, name);
    }
  });
});
