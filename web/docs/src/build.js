// Renders the published documents: node build.js FOLDER
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { websocketPage } from "./asyncapi.js";
import { load, pathOf } from "./document.js";
import { html } from "./html.js";
import { httpPage } from "./openapi.js";
import { page } from "./page.js";

const overview = page(
  "/docs",
  "The protocol",
  [],
  html`<h1>The protocol, version 1</h1>
    <p>
      What a Parley node and its clients say to each other: chat over a
      WebSocket, everything else over HTTP, on the same port, in JSON
      throughout. Any language can speak it.
    </p>
    <div class="cards">
      <a class="card" href="/docs/http"
        ><strong>HTTP</strong>Accounts, profiles, history, groups, devices, and
        what a node says of itself.</a
      >
      <a class="card" href="/docs/websocket"
        ><strong>WebSocket</strong>Messages as they come, what happens to them,
        who is there and who is typing.</a
      >
    </div>
    <h2>For programs</h2>
    <ul>
      <li>
        <a href="/docs/openapi.yaml">openapi.yaml</a> describes HTTP as OpenAPI
        3.1.
      </li>
      <li>
        <a href="/docs/asyncapi.yaml">asyncapi.yaml</a> describes the WebSocket
        as AsyncAPI 3.0.
      </li>
    </ul>
    <p>
      Version 1 may be extended, with fields, messages, codes and paths, and is
      not contradicted: clients pass over what they do not know.
    </p>`,
);

const folder = process.argv[2];
const write = (path, text) => {
  mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, path, "index.html"), text);
};
write("", overview);
write("http", httpPage(load("openapi.yaml")));
write("websocket", websocketPage(load("asyncapi.yaml")));
for (const name of ["openapi.yaml", "asyncapi.yaml"])
  copyFileSync(pathOf(name), join(folder, name));
copyFileSync(
  fileURLToPath(new URL("style.css", import.meta.url)),
  join(folder, "style.css"),
);
