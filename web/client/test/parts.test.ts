import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ClientEvent, OutboxEntry } from "../src/api.js";
import { Backoff } from "../src/backoff.js";
import { Dispatch } from "../src/dispatch.js";
import { ParleyError } from "../src/errors.js";
import { Model } from "../src/model.js";
import {
  directConversation,
  firstChars,
  newCid,
  peerOf,
} from "../src/names.js";
import { MemoryStore, type Store, type StoredItem } from "../src/store.js";
import { FileStore } from "../src/store_file.js";
import { IndexedDbStore } from "../src/store_indexeddb.js";
import { emptyConversation } from "../src/wire.js";
import { seeded } from "./support/random.js";

function entry(order: number, conv: string): OutboxEntry {
  const act = { kind: "send" as const, body: `${order}` };
  const cid = `c${order}`;
  return { cid, conv, act, created: 0, order, state: "queued" };
}

function emptyModel(): Model {
  const stored = { conversations: [], outbox: [] };
  return new Model(new MemoryStore(), stored, {
    signedIn: false,
    device: "d",
    connection: "stopped",
  });
}

describe("the dispatch", () => {
  const a1 = entry(1, "a");
  const a2 = entry(2, "a");
  const b3 = entry(3, "b");

  it("has one act of a conversation under way, in their order", () => {
    const dispatch = new Dispatch(() => 0.5);
    assert.deepEqual(dispatch.due([a1, a2, b3], 0), [a1, b3]);
    dispatch.sent(a1, 0);
    assert.deepEqual(dispatch.due([a1, a2, b3], 0), [b3]);
    dispatch.settled("a", "c1");
    assert.deepEqual(dispatch.due([a2, b3], 0), [a2, b3]);
  });

  it("passes over what has failed", () => {
    const dispatch = new Dispatch(() => 0.5);
    const failed = { ...a1, state: "failed" as const };
    assert.deepEqual(dispatch.due([failed, a2], 0), [a2]);
  });

  it("waits with all of a conversation after a refusal, ever longer", () => {
    const dispatch = new Dispatch(() => 1);
    const busy = new ParleyError("unavailable", "", { retryable: true });
    let now = 0;
    for (const wait of [500, 1000, 2000]) {
      dispatch.sent(a1, now);
      dispatch.refused(a1, busy, now);
      assert.deepEqual(dispatch.due([a1, a2, b3], now), [b3]);
      assert.equal(dispatch.wakeAt([a1, a2]), now + wait);
      now += wait;
      assert.deepEqual(dispatch.due([a1, a2], now), [a1]);
    }
  });

  it("holds everything when the session's rate is exceeded", () => {
    const dispatch = new Dispatch(() => 0);
    const details = { retryable: true, retryAfterMs: 3000 };
    dispatch.refused(a1, new ParleyError("rate_limited", "", details), 0);
    assert.deepEqual(dispatch.due([a1, b3], 2999), []);
    assert.deepEqual(dispatch.due([a1, b3], 3000), [a1, b3]);
  });

  it("sends again what was lost or not answered", () => {
    const dispatch = new Dispatch(() => 0.5);
    dispatch.sent(a1, 0);
    dispatch.giveUpWaiting(29_999, 30_000);
    assert.deepEqual(dispatch.due([a1], 29_999), []);
    dispatch.giveUpWaiting(30_000, 30_000);
    assert.deepEqual(dispatch.due([a1], 30_000), [a1]);
    dispatch.sent(a1, 30_000);
    dispatch.lost();
    assert.deepEqual(dispatch.due([a1], 30_000), [a1]);
  });
});

describe("the back-off", () => {
  it("doubles up to its most, between a quarter and the whole", () => {
    const ms = { first: 100, most: 1000 };
    const low = new Backoff(ms, () => 0);
    const high = new Backoff(ms, () => 1);
    const five = [0, 1, 2, 3, 4];
    assert.deepEqual(
      five.map(() => low.next()),
      [25, 50, 100, 200, 250],
    );
    assert.deepEqual(
      five.map(() => high.next()),
      [100, 200, 400, 800, 1000],
    );
    high.reset();
    assert.equal(high.next(), 100);
  });
});

describe("names", () => {
  it("of direct conversations have the users in byte order", () => {
    assert.equal(directConversation("bob", "alice"), "dm:alice:bob");
    assert.equal(directConversation("a.b", "a-b"), "dm:a-b:a.b");
    assert.equal(peerOf("dm:alice:bob", "alice"), "bob");
    assert.equal(peerOf("dm:me:me", "me"), "me");
    assert.equal(peerOf("g:1", "me"), undefined);
  });

  it("of acts are UUIDs that rise with time", () => {
    const random = seeded(1);
    const first = newCid(1_700_000_000_000, random);
    const form =
      /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
    assert.match(first, form);
    assert(newCid(1_700_000_000_001, random) > first);
  });

  it("previews count code points", () => {
    assert.equal(firstChars("😀😀😀", 2), "😀😀");
    assert.equal(firstChars("ab", 2), "ab");
  });
});

describe("stores", () => {
  const item = (seq: number): StoredItem => ({
    item: { kind: "lost", conv: "g:1", seq },
    asOf: seq,
  });

  /** Fills a store, opens it again, and clears it bit by bit. */
  async function exercise(open: () => Store): Promise<void> {
    let store = open();
    assert.deepEqual(await store.load(), { conversations: [], outbox: [] });
    const conversation = emptyConversation("g:1", "me");
    await store.commit({
      device: "d",
      user: "me",
      useq: 7,
      conversations: [conversation],
      items: [item(2), item(10), item(1)],
      outboxPut: [entry(2, "g:1"), entry(1, "g:1")],
    });
    await store.commit({ useq: 8, outboxRemove: ["c1"], items: [item(11)] });
    await store.close();

    store = open();
    assert.deepEqual(await store.load(), {
      device: "d",
      user: "me",
      useq: 8,
      conversations: [conversation],
      outbox: [entry(2, "g:1")],
    });
    const seqs = async (limit: number) =>
      (await store.loadItems("g:1", limit)).map((x) => x.item.seq);
    assert.deepEqual(await seqs(1), [11]);
    assert.deepEqual(await seqs(3), [2, 10, 11]);
    assert.deepEqual(await seqs(4), [1, 2, 10, 11]);
    assert.deepEqual(await seqs(9), [1, 2, 10, 11]);
    assert.deepEqual(await store.loadItems("g", 9), []);
    await store.commit({ clearItems: true, items: [item(12)] });
    assert.deepEqual(await seqs(9), [12]);
    await store.commit({ clearConversations: true });
    assert.deepEqual(await seqs(9), []);
    await store.commit({ clear: true, user: null, useq: null });
    await store.close();
    store = open();
    const left = { device: "d", conversations: [], outbox: [] };
    assert.deepEqual(await store.load(), left);
    await store.close();
  }

  it("in memory keep everything", async () => {
    const one = new MemoryStore();
    await exercise(() => one);
  });

  it("in IndexedDB keep everything", () =>
    exercise(() => new IndexedDbStore("test")));

  it("in a file keep everything, but a line that was cut short", async () => {
    const directory = await mkdtemp(join(tmpdir(), "parley-store-"));
    try {
      await exercise(() => new FileStore(join(directory, "a")));
      const path = join(directory, "b");
      const store = new FileStore(path);
      await store.load();
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      await store.commit({ useq: 1 });
      await store.close();
      await appendFile(path, '{"useq":2');
      const again = new FileStore(path);
      assert.equal((await again.load()).useq, 1);
      await again.commit({ useq: 3 });
      await again.close();
      const third = new FileStore(path);
      assert.equal((await third.load()).useq, 3);
      await third.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("the model", () => {
  const conv = "u:alice:bob";
  const answer = (readSeq: number): ClientEvent => ({
    type: "members",
    conv,
    members: [{ user: "bob", role: "member", readSeq, deliveredSeq: 0 }],
  });
  const readBy = (model: Model) => model.members(conv).map((x) => x.readSeq);

  it("keeps how far one has read when an older answer comes after", () => {
    const model = emptyModel();
    model.moveCursor(conv, "bob", { readSeq: 7 });
    assert.deepEqual(readBy(model), []);
    model.tell(answer(3));
    assert.deepEqual(readBy(model), [7]);
    model.tell(answer(9));
    assert.deepEqual(readBy(model), [9]);
  });

  it("tells that one has read more, and nothing if it is not more", () => {
    const model = emptyModel();
    model.tell(answer(3));
    const told: ClientEvent[] = [];
    model.emitter.on("members", (x) => told.push(x));
    model.moveCursor(conv, "bob", { readSeq: 3 });
    assert.deepEqual(told, []);
    model.moveCursor(conv, "bob", { readSeq: 4 });
    assert.deepEqual(told, [answer(4)]);
  });
});
