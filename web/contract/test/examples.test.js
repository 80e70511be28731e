import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { load } from "../../docs/src/document.js";
import { askJson, register } from "../src/http.js";
import { LiveSession, LiveStory } from "../src/live_story.js";
import { Server } from "parley-testing";

const folder = fileURLToPath(new URL("../../../examples/", import.meta.url));
const bots = {
  "echo.mjs": process.execPath,
  // Where Debian's packages are.
  "echo.py": "/usr/bin/python3",
};

/** A bot that runs, and its lines. */
class Bot {
  errors = "";
  #lines;
  #process;

  constructor(file, url) {
    this.#process = spawn(bots[file], [folder + file], {
      env: { ...process.env, PARLEY_URL: url, BOT_PASSWORD: "a long password" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stderr.on("data", (x) => (this.errors += x));
    const input = createInterface(this.#process.stdout);
    this.#lines = input[Symbol.asyncIterator]();
  }

  /** Waits until it listens (again). */
  async listens() {
    const { value, done } = await this.#lines.next();
    assert.ok(!done, this.errors);
    assert.equal(value, "echo listens");
  }

  async stop() {
    if (this.#process.exitCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}

for (const file of Object.keys(bots))
  describe(file, () => {
    const story = new LiveStory(load("asyncapi.yaml"));
    const conv = "dm:alice:echo";
    let server;
    let token;
    let bot;
    let alice;

    async function logIn() {
      alice = new LiveSession(story, server.url);
      const auth = { t: "auth", id: 1, token, device: "phone" };
      alice.sayText(JSON.stringify(auth));
      await alice.await("ready", (x) => x.t === "ready");
    }

    async function say(seq, body) {
      const message = { t: "send", id: seq, cid: `${seq}`, to: "echo", body };
      alice.sayText(JSON.stringify(message));
      const ack = await alice.await("ack", (x) => x.t === "ack");
      assert.equal(ack.seq, seq);
    }

    async function hearsEcho(seq, body) {
      const answers = (x) => x.t === "msg" && x.seq === seq;
      const msg = await alice.await(`answer ${seq}`, answers);
      const { from, reply_to } = msg;
      assert.deepEqual(
        { from, body: msg.body, reply_to },
        { from: "echo", body, reply_to: seq - 1 },
      );
    }

    before(async () => {
      server = await Server.start();
      bot = new Bot(file, server.url);
      await bot.listens();
      token = await register(server, "alice");
      await logIn();
    });
    after(async () => {
      await bot?.stop();
      await server?.remove();
    });

    it("repeats what mentions it, and nothing else", async () => {
      await say(1, "Is anybody there?");
      await say(2, "Hello, @echo!");
      await hearsEcho(3, "Hello, @echo!");
    });

    it("goes on after the node was started again", async () => {
      await server.stop("SIGKILL");
      await server.start();
      await logIn();
      await say(4, "And now, @echo?");
      await hearsEcho(5, "And now, @echo?");
      await bot.listens();
    });

    it("answers what came while it was away, once", async () => {
      await bot.stop();
      await say(6, "Where are you, @echo?");
      bot = new Bot(file, server.url);
      await hearsEcho(7, "Where are you, @echo?");
      await bot.listens();
      await say(8, "Still there, @echo?");
      await hearsEcho(9, "Still there, @echo?");
      const path = `/v1/conversations/${conv}/messages`;
      const page = await askJson(server.url + path, "GET", token);
      assert.deepEqual(
        page.items.map((x) => x.from),
        [
          "alice",
          "alice",
          "echo",
          "alice",
          "echo",
          "alice",
          "echo",
          "alice",
          "echo",
        ],
      );
      assert.deepEqual(story.surprises, []);
    });
  });
