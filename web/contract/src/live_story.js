import assert from "node:assert/strict";
import WebSocket from "ws";
import { follow } from "../../docs/src/document.js";
import { Likeness } from "./likeness.js";
import { Schemas } from "./schemas.js";

/** A test that waits for longer than this has failed. */
const PATIENCE_MS = 20_000;

/**
 * The frames of an AsyncAPI document: what clients say, what the server says,
 * and what of it has been seen to be true.
 */
export class LiveStory {
  /** Messages by their keys in the document. */
  messages;
  /** Keys of the messages that clients send, and of those that they get. */
  said;
  heard;
  /** Messages, examples, codes and close codes. */
  seen = new Set();
  /** What the server said and the document does not know. */
  surprises = [];
  likeness = new Likeness();
  #document;
  #schemas;

  constructor(document) {
    this.#document = document;
    this.#schemas = new Schemas(document);
    this.messages = document.components.messages;
    const keys = (operations, list) =>
      operations
        .flatMap((x) => list(x) ?? [])
        .map((x) => x.$ref.split("/").at(-1));
    const all = Object.values(document.operations);
    const ours = all.filter((x) => x.action === "receive");
    const theirs = all.filter((x) => x.action === "send");
    this.said = new Set(keys(ours, (x) => x.messages));
    this.heard = new Set([
      ...keys(ours, (x) => x.reply?.messages),
      ...keys(theirs, (x) => x.messages),
    ]);
  }

  example(key, name) {
    const found = this.messages[key].examples.find((x) => x.name === name);
    assert.ok(found, `no example ${name} of ${key}`);
    return found.payload;
  }

  /** An example as a client would send it. */
  filled(key, name) {
    const payload = this.example(key, name);
    assert.equal(this.misfits(key, payload), "", `${key} ${name}`);
    this.seen.add(`${key} ${name}`);
    return this.likeness.fill(payload);
  }

  misfits(key, value) {
    return this.#schemas.misfits(`#/components/messages/${key}/payload`, value);
  }

  resolve(schema) {
    return follow(this.#document, schema);
  }

  /** Takes note of what the server said. */
  note(value) {
    const why = [];
    for (const key of this.heard) {
      if (this.messages[key].payload.properties.t.const !== value.t) continue;
      const pointer = `#/components/messages/${key}/payload`;
      const wrong = this.#schemas.surprises(pointer, value);
      if (wrong) why.push(`${key}: ${wrong}`);
      else {
        this.seen.add(key);
        if (value.t === "error") this.seen.add(`code ${value.code}`);
        return;
      }
    }
    this.surprises.push(
      `${JSON.stringify(value).slice(0, 500)} ${why.join("; ")}`,
    );
  }

  noteClose(code) {
    this.seen.add(`close ${code}`);
    const known = this.#document.channels.session["x-close-codes"];
    // These two are a client's own: it has closed, or there was no close frame.
    if (code !== 1000 && code !== 1006 && !known.some((x) => x.code === code))
      this.surprises.push(`closed with ${code}`);
  }

  /** Everything that the document says can happen. */
  promised() {
    const all = [...this.said, ...this.heard].flatMap((key) => [
      ...(this.heard.has(key) ? [key] : []),
      ...this.messages[key].examples.map((x) => `${key} ${x.name}`),
    ]);
    const { code } = this.messages.error.payload.properties;
    const closes = this.#document.channels.session["x-close-codes"];
    return new Set([
      ...all,
      ...code.enum.map((x) => `code ${x}`),
      ...closes.map((x) => `close ${x.code}`),
    ]);
  }
}

/** One WebSocket, all of whose frames are checked. */
export class LiveSession {
  /** Its close code, when it has one. */
  closed;
  #story;
  #socket;
  #opened;
  /** What was heard and not awaited yet. */
  #heard = [];
  #wake = () => {};

  constructor(story, url, options) {
    this.#story = story;
    this.#socket = new WebSocket(`${url}/v1/ws`, "parley.v1", options);
    this.#socket.on("error", () => {}); // Its close comes, too.
    this.#opened = new Promise((done) => this.#socket.on("open", done));
    this.#socket.on("message", (text) => {
      for (const value of [JSON.parse(text)].flat()) {
        story.note(value);
        this.#heard.push(value);
      }
      this.#wake();
    });
    this.closed = new Promise((done) =>
      this.#socket.on("close", (code) => {
        story.noteClose(code);
        done(code);
        this.#wake();
      }),
    );
  }

  get isOpen() {
    return this.#socket.readyState <= WebSocket.OPEN;
  }

  /** Says one of the document's examples, or several in one frame. */
  say(...examples) {
    const values = examples.map(([key, name]) => this.#story.filled(key, name));
    this.sayText(JSON.stringify(values.length === 1 ? values[0] : values));
  }

  /** Says something of one's own, as soon as the socket is open. */
  async sayText(text, options = {}) {
    await this.#opened;
    this.#socket.send(text, options);
  }

  /** Awaits what is like an example. */
  expect(key, name) {
    const example = this.#story.example(key, name);
    const { likeness, seen } = this.#story;
    return this.await(`${key} ${name}`, (value) => {
      if (value.t !== example.t) return false;
      if (likeness.differences(example, value).length > 0) return false;
      seen.add(`${key} ${name}`);
      return true;
    });
  }

  /** Awaits what fits, and takes it out of what was heard. */
  async await(what, fits) {
    const late = setTimeout(() => this.#socket.terminate(), PATIENCE_MS);
    try {
      for (;;) {
        const at = this.#heard.findIndex(fits);
        if (at >= 0) return this.#heard.splice(at, 1)[0];
        const heard = this.#heard.map((x) => JSON.stringify(x)).join("\n");
        assert.ok(this.isOpen, `closed without ${what}; heard\n${heard}`);
        await new Promise((done) => (this.#wake = done));
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** All that was heard up to the reply to a ping, which is sent now. */
  async settle() {
    this.sayText('{"t":"ping"}');
    await this.await("pong", (x) => x.t === "pong");
    return this.#heard.splice(0);
  }

  close() {
    this.#socket.close(1000);
    return this.closed;
  }
}
