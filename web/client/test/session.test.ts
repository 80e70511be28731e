import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClientEvent } from "../src/api.js";
import { createClient } from "../src/client.js";
import { MemoryStore, type Patch } from "../src/store.js";
import { msg, settle, World } from "./support/fakes.js";

const CONV = "dm:alice:bob";

/** A store whose commits wait, or fail, as the test says. */
class SlowStore extends MemoryStore {
  hold: Promise<void> | undefined;
  fail = false;

  override async commit(patch: Patch): Promise<void> {
    await this.hold;
    if (this.fail) throw new Error("the disk is full");
    await super.commit(patch);
  }
}

describe("a session", () => {
  it("begins without `since` on a new device, and then resumes", async () => {
    const world = new World();
    const client = await world.client();
    assert.equal("since" in world.socket.last("auth"), false);
    await world.socket.say(msg(1, 11), msg(2, 12));
    await world.socket.drop(1006);
    await world.clock.advance(1000);
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["since"], 12);
    assert.equal(client.conversation(CONV)?.unread, 2);
  });

  it("reports events once they are stored, several at a time", async () => {
    const store = new SlowStore();
    const world = new World({ store });
    const client = await world.client();
    await world.clock.advance(1000);
    const before = world.socket.all("recv").length;
    let release = () => {};
    store.hold = new Promise((resolve) => (release = resolve));
    for (let i = 1; i <= 5; ++i) await world.socket.say(msg(i, 10 + i));
    await world.clock.advance(1000);
    assert.equal(world.socket.all("recv").length, before);
    assert.equal(client.timeline(CONV).items.length, 0);
    release();
    await world.clock.advance(1000);
    assert.equal(world.socket.last("recv")["useq"], 15);
    assert.equal(world.socket.all("recv").length, before + 1);
  });

  it("that cannot store an event asks for it again", async () => {
    const store = new SlowStore();
    const world = new World({ store });
    const client = await world.client();
    store.fail = true;
    await world.socket.say(msg(1, 11));
    assert.equal(world.socket.closed, true);
    assert.equal(client.conversation(CONV), undefined);
    store.fail = false;
    await world.clock.advance(1000);
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["since"], 10);
  });

  it("drops what it has by conversation and number", async () => {
    const world = new World();
    const client = await world.client();
    const told: ClientEvent[] = [];
    client.on("message", (x) => told.push(x));
    const sent = await client.send(CONV, "mine");
    // Its number is above those that are still on their way.
    await world.socket.ack(world.socket.last("send"), 3);
    await world.socket.say(msg(1, 11), msg(2, 12));
    await world.socket.say(msg(2, 13), msg(1, 14, { body: "other" }));
    await client.open(CONV).catch(() => {});
    const { items, gaps } = client.timeline(CONV);
    assert.deepEqual(
      items.map((x) => x.kind === "msg" && x.body),
      ["body 1", "body 2", "mine"],
    );
    assert.deepEqual(gaps, []);
    assert.equal(told.length, 2);
    assert.equal(client.conversation(CONV)?.unread, 2);
    assert.equal((await client.confirmation(sent.cid)).seq, 3);
  });

  it("fetches what is missing, after some patience", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(msg(1, 11), msg(4, 12));
    assert.deepEqual(client.timeline(CONV).gaps, [{ from: 2, to: 3 }]);
    await world.clock.advance(2000);
    const { after, before } = world.socket.last("history");
    assert.deepEqual([after, before], [1, 4]);
    const items = [2, 3].map((seq) => msg(seq, 0));
    await world.socket.answer("history", { conv: CONV, items, complete: true });
    assert.equal(client.timeline(CONV).items.length, 4);
    assert.equal(client.conversation(CONV)?.unread, 2);
  });

  it("discards everything but the outbox when the server went back", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(msg(1, 11));
    await client.send(CONV, "not confirmed");
    await world.socket.say({ t: "reset", reason: "ahead", useq: 3 });
    assert.deepEqual(client.conversations(), []);
    assert.deepEqual(client.timeline(CONV).items, []);
    assert.equal(client.outbox().length, 1);
    await world.socket.drop(4001);
    await world.clock.advance(1000);
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["since"], 3);
  });

  it("forgets entries that may have holes, and keeps the list", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(msg(1, 11));
    await world.socket.say(
      { t: "reset", reason: "too_far", useq: 900 },
      msg(80, 901),
      { t: "caught_up", useq: 901 },
    );
    assert.deepEqual(
      client.timeline(CONV).items.map((x) => x.seq),
      [80],
    );
    assert.equal(client.timeline(CONV).hasOlder, true);
    assert.equal(client.conversation(CONV)?.lastSeq, 80);
  });

  it("asks a silent server, and leaves one that does not answer", async () => {
    const world = new World();
    const client = await world.client();
    await world.clock.advance(26_000);
    assert.equal(world.socket.all("ping").length, 1);
    await world.socket.say({ t: "pong", useq: 10 });
    assert.equal(world.socket.closed, false);
    await world.clock.advance(36_000);
    assert.equal(world.sockets[0]?.closed, true);
    assert.notEqual(client.state.connection, "online");
  });

  it("shows a fresh token in time, and stores it before", async () => {
    const world = new World();
    const client = await world.client();
    const { socket } = world;
    for (let i = 0; i < 30; ++i) {
      await world.clock.advance(20_000);
      await socket.say({ t: "pong", useq: 10 });
    }
    assert.equal(world.sockets.length, 1);
    assert.equal(socket.last("auth")["token"], "token-2");
    const { credentials } = await world.store.load();
    assert.equal(credentials?.refreshToken, "refresh-2");
    await client.close();
  });

  it("signs out when the refresh token is refused, and keeps data", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(msg(1, 11));
    world.routes["POST /v1/token/refresh"] = () => [
      401,
      { code: "unauthenticated", detail: "spent" },
    ];
    await world.socket.drop(4501);
    assert.equal(client.state.signedIn, false);
    assert.equal(client.state.stopReason, "signed-out");
    assert.equal(client.conversations().length, 1);
    await client.login("alice", "password");
    client.start();
    await settle();
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["since"], 11);
  });
});

describe("a close", () => {
  for (const [code, reason] of [
    [4500, "protocol"],
    [4510, "replaced"],
    [4502, "signed-out"],
  ] as const)
    it(`with ${code} stops: ${reason}`, async () => {
      const world = new World();
      const client = await world.client();
      await world.socket.drop(code);
      await world.clock.advance(120_000);
      assert.equal(world.sockets.length, 1);
      assert.equal(client.state.connection, "stopped");
      assert.equal(client.state.stopReason, reason);
      assert.equal(client.state.signedIn, code !== 4502);
    });

  it("with 4501 fetches another token and comes back", async () => {
    const world = new World();
    await world.client();
    await world.socket.drop(4501);
    await world.clock.advance(1000);
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["token"], "token-2");
  });

  it("with 4009 asks for a pause", async () => {
    const world = new World();
    await world.client();
    await world.socket.drop(4009);
    await world.clock.advance(14_000);
    assert.equal(world.sockets.length, 1);
    await world.clock.advance(17_000);
    assert.equal(world.sockets.length, 2);
  });

  it("with 4000 asks to go elsewhere", async () => {
    const world = new World({ url: ["http://one", "http://two"] });
    await world.client();
    await world.socket.drop(4000);
    await world.clock.advance(1000);
    assert.equal(world.socket.url, "ws://two/v1/ws");
  });

  it("with 1009 fails what was on its way", async () => {
    const world = new World();
    const client = await world.client();
    await client.send(CONV, "too much");
    await world.socket.drop(1009);
    assert.equal(client.outbox()[0]?.error?.code, "too_large");
  });

  it("after `reconnect` moves at a random moment within the time", async () => {
    const world = new World();
    await world.client();
    world.random = 0.5;
    const urls = ["http://other"];
    await world.socket.say({ t: "reconnect", within_ms: 60_000, urls });
    await world.socket.drop(4000);
    await world.clock.advance(29_000);
    assert.equal(world.sockets.length, 1);
    await world.clock.advance(2000);
    assert.equal(world.socket.url, "ws://other/v1/ws");
  });

  it("of one attempt after another is followed by longer waits", async () => {
    const world = new World();
    const client = await world.client();
    const waits: number[] = [];
    world.random = 0.5;
    for (let i = 0; i < 9; ++i) {
      await world.socket.drop(1006);
      const { retryAt = 0 } = client.state;
      waits.push(retryAt - world.clock.now());
      await world.clock.advance(waits.at(-1)!);
    }
    assert.deepEqual(waits.slice(0, 3), [313, 625, 1250]);
    assert(waits.every((x) => x <= 30_000));
    assert.equal(world.sockets.length, 10);
  });
});

describe("discovery", () => {
  async function discovering(...urls: string[]): Promise<World> {
    const world = new World({ discover: true });
    const nodes = urls.map((url) => ({ id: url, url, region: "r", load: 0 }));
    world.routes["GET /v1/discover"] = () => [200, { nodes }];
    const client = await createClient(world.options);
    await client.login("alice", "password");
    client.start();
    await settle();
    return world;
  }

  it("says where to connect, and what is left if that fails", async () => {
    const world = await discovering("http://best", "http://next");
    assert.equal(world.socket.url, "ws://best/v1/ws");
    for (const left of ["next", "one"]) {
      await world.socket.drop(1006);
      await world.clock.advance(2000);
      assert.equal(world.socket.url, `ws://${left}/v1/ws`);
    }
  });

  it("says where else HTTP goes when the node of the page dies", async () => {
    const world = await discovering("http://best", "http://next");
    await world.socket.accept();
    assert.equal(world.asked, "http://one");
    world.dead.add("http://one").add("http://best");
    await world.socket.drop(1006);
    // Past the life of its token: without another one no node lets it in.
    const { tokens } = world;
    await world.clock.advance(1_000_000);
    assert.equal(world.asked, "http://next");
    assert(world.tokens > tokens);
  });

  it("of a node that is alone leads where it was reached", async () => {
    const world = await discovering("http://its-name-elsewhere");
    assert.equal(world.socket.url, "ws://one/v1/ws");
    await world.socket.accept();
    const urls = ["http://its-name-elsewhere"];
    await world.socket.say({ t: "reconnect", within_ms: 1000, urls });
    await world.socket.drop(4000);
    await world.clock.advance(2000);
    assert.deepEqual(
      world.sockets.map((x) => x.url),
      ["ws://one/v1/ws", "ws://one/v1/ws"],
    );
  });
});

describe("somebody who types", () => {
  const typing = { t: "typing", conv: CONV, user: "bob" };

  it("does so until their message, or nothing more, comes", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(typing);
    assert.deepEqual(client.typingIn(CONV), ["bob"]);
    await world.socket.say(msg(1, 11));
    assert.deepEqual(client.typingIn(CONV), []);
    await world.socket.say(typing);
    await world.clock.advance(4000);
    await world.socket.say(typing);
    await world.clock.advance(4000);
    assert.deepEqual(client.typingIn(CONV), ["bob"]);
    await world.clock.advance(1000);
    assert.deepEqual(client.typingIn(CONV), []);
  });

  it("goes on after a message that takes long to be stored", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(msg(1, 11), typing);
    assert.equal(client.conversation(CONV)?.lastSeq, 1);
    assert.deepEqual(client.typingIn(CONV), ["bob"]);
  });

  it("is forgotten with the login", async () => {
    const world = new World();
    const client = await world.client();
    await world.socket.say(typing);
    await client.logout();
    await client.login("alice", "password");
    client.start();
    await settle();
    await world.socket.accept();
    await world.socket.say(typing);
    assert.deepEqual(client.typingIn(CONV), ["bob"]);
  });
});

describe("an act", () => {
  it("goes out again with the same cid until it is confirmed", async () => {
    const world = new World();
    const client = await world.client();
    const { cid } = await client.send(CONV, "hello");
    await client.send(CONV, "world");
    assert.equal(world.socket.all("send").length, 1);
    await world.socket.drop(1006);
    await world.clock.advance(1000);
    await world.socket.accept();
    const again = world.socket.all("send");
    assert.deepEqual(
      again.map((x) => x["cid"]),
      [cid],
    );
    await world.socket.ack(again[0]!, 1, { dup: true });
    assert.equal((await client.confirmation(cid)).dup, true);
    assert.equal(world.socket.last("send")["body"], "world");
    // What became of it since the first attempt, history tells.
    const now = msg(1, 0, { from: "alice", body: "hello!", edited_ts: 99 });
    await world.socket.answer("history", { conv: CONV, items: [now] });
    const [first] = client.timeline(CONV).items;
    assert.equal(first?.kind === "msg" && first.body, "hello!");
  });

  it("waits as long as the server asks, before those behind it", async () => {
    const world = new World();
    const client = await world.client();
    await client.send(CONV, "first");
    await client.send(CONV, "second");
    const { id = 0 } = world.socket.last("send");
    await world.socket.say({
      ...{ t: "error", id, code: "rate_limited", message: "" },
      ...{ retryable: true, retry_after_ms: 5000 },
    });
    await world.clock.advance(4900);
    assert.equal(world.socket.all("send").length, 1);
    await world.clock.advance(200);
    assert.equal(world.socket.last("send")["body"], "first");
    await world.socket.ack(world.socket.last("send"), 1);
    assert.equal(world.socket.last("send")["body"], "second");
  });

  it("that is refused for good fails, and lets others pass", async () => {
    const world = new World();
    const client = await world.client();
    const bad = await client.send(CONV, "bad");
    await client.send(CONV, "good");
    const refused = assert.rejects(client.confirmation(bad.cid), {
      code: "forbidden",
    });
    const { id = 0 } = world.socket.last("send");
    const error = { t: "error", id, code: "forbidden", message: "blocked" };
    await world.socket.say({ ...error, retryable: false });
    await refused;
    assert.equal(world.socket.last("send")["body"], "good");
    await world.socket.ack(world.socket.last("send"), 1);
    assert.equal(client.outbox()[0]?.state, "failed");

    await client.retry(bad.cid);
    assert.equal(world.socket.last("send")["cid"], bad.cid);
    const dropped = assert.rejects(client.confirmation(bad.cid), {
      code: "discarded",
    });
    await client.discard(bad.cid);
    await dropped;
    assert.deepEqual(client.outbox(), []);
  });

  it("that asks for the impossible is refused here", async () => {
    const world = new World();
    const client = await world.client();
    for (const body of ["", "a\0b", "\ud800"])
      await assert.rejects(client.send(CONV, body), { code: "bad_request" });
    await assert.rejects(client.send(CONV, "x".repeat(100_001)), {
      code: "too_large",
    });
    await client.send(CONV, "😀".repeat(100_000));
  });
});
