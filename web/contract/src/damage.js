import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askJson, register } from "./http.js";
import { Server } from "parley-testing";

/** At either end of a file of bodies there is what is not one. */
const EDGE = 64;
const STEP = 512;

async function bodyFiles({ directory }) {
  const all = await readdir(directory, { withFileTypes: true });
  const folders = all.filter((x) => x.isDirectory()).map((x) => x.name);
  const found = [];
  for (const folder of ["", ...folders])
    for (const name of await readdir(join(directory, folder)))
      if (name.endsWith(".blob")) found.push(join(directory, folder, name));
  return found;
}

/**
 * A node whose disk has changed the first bodies of a conversation: of alice
 * with herself, whose token comes with it.
 */
export async function damagedNode() {
  const server = await Server.start({
    storage: { write_buffer_mb: 1 },
    limits: { sends_per_s: 0 },
  });
  const token = await register(server, "alice");
  const path = "/v1/conversations/dm:alice:alice/messages";
  const body = "x".repeat(90_000);
  // A second file is begun only when the first is complete.
  for (let i = 0; i < 400 && (await bodyFiles(server)).length < 2; ++i)
    await askJson(server.url + path, "POST", token, { cid: `cid-${i}`, body });
  await server.stop();
  const files = await bodyFiles(server); // An unfinished one may be gone.
  assert.ok(files.length >= 1);
  for (const file of files) {
    const bytes = await readFile(file);
    for (let at = EDGE; at < bytes.length - EDGE; at += STEP) bytes[at] ^= 1;
    await writeFile(file, bytes);
  }
  await server.start();
  return { server, token, path };
}
