import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { load, pathOf } from "../../docs/src/document.js";
import { html, json, prose } from "../../docs/src/html.js";
import { ask } from "../src/http.js";
import { Server } from "parley-testing";

const PAGES = ["/docs", "/docs/http", "/docs/websocket"];

describe("the pages of the protocol", () => {
  let server;
  const get = (path) => ask(server.url + path);
  const idsOf = (text) => [...text.matchAll(/ id="([^"]+)"/g)].map((x) => x[1]);

  before(async () => {
    server = await Server.start();
  });
  after(() => server.remove());

  it("need no script and no style but the node's own", async () => {
    for (const path of PAGES) {
      const page = await get(path);
      assert.equal(page.status, 200, path);
      assert.equal(page.type, "text/html", path);
      const policy = page.headers["content-security-policy"];
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.doesNotMatch(page.text, /<script|<style| style=| on\w+="/i, path);
    }
    assert.equal((await get("/docs/style.css")).type, "text/css");
    const moved = await get("/docs/");
    assert.equal(moved.status, 308);
    assert.equal(moved.headers.location, "/docs");
  });

  it("lead nowhere that is nothing", async () => {
    for (const path of PAGES) {
      const { text } = await get(path);
      const ids = idsOf(text);
      assert.equal(new Set(ids).size, ids.length, path);
      for (const [, link] of text.matchAll(/ href="([^"]+)"/g))
        if (link.startsWith("#")) assert.ok(ids.includes(link.slice(1)), link);
        else assert.equal((await get(link)).status, 200, link);
    }
  });

  it("have every operation, message, schema and code", async () => {
    const http = load("openapi.yaml");
    const live = load("asyncapi.yaml");
    const httpPage = (await get("/docs/http")).text;
    const livePage = (await get("/docs/websocket")).text;
    const operations = Object.values(http.paths)
      .flatMap((x) => Object.values(x))
      .flatMap((x) => x.operationId ?? []);
    assert.ok(operations.length > 30);
    for (const id of operations) assert.ok(idsOf(httpPage).includes(id), id);
    for (const key of Object.keys(live.components.messages))
      assert.ok(idsOf(livePage).includes(`message-${key}`), key);
    for (const [page, document] of [
      [httpPage, http],
      [livePage, live],
    ])
      for (const name of Object.keys(document.components.schemas))
        assert.ok(idsOf(page).includes(`schema-${name}`), name);
    const closes = live.channels.session["x-close-codes"].map((x) => x.code);
    const { code } = live.components.messages.error.payload.properties;
    for (const each of [...closes, ...code.enum])
      assert.ok(livePage.includes(`<code>${each}</code>`), each);
  });

  it("stand beside the documents themselves", async () => {
    for (const name of ["openapi.yaml", "asyncapi.yaml"]) {
      const file = await get(`/docs/${name}`);
      assert.equal(file.type, "application/yaml");
      assert.equal(file.text, readFileSync(pathOf(name), "utf8"));
    }
  });
});

describe("text on a page", () => {
  const evil = `<img src=x onerror="alert('&')">`;
  const harmless = `&lt;img src=x onerror=&quot;alert('&amp;')&quot;&gt;`;

  it("is escaped wherever it comes from", () => {
    assert.equal(
      html`<p title="${evil}">${evil}</p>`.text,
      `<p title="${harmless}">${harmless}</p>`,
    );
    const code = prose(`\`${evil}\``)[0].text;
    assert.equal(code, `<p><code>${harmless}</code></p>`);
    for (const value of [evil, { [evil]: evil }, [evil]])
      assert.doesNotMatch(json(value).text, /<img/);
  });
});
