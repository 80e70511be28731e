import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load } from "../../docs/src/document.js";
import { damagedNode } from "../src/damage.js";
import { askJson, register } from "../src/http.js";
import { LiveSession, LiveStory } from "../src/live_story.js";
import { Server } from "parley-testing";
import { variants } from "../src/variants.js";

const story = new LiveStory(load("asyncapi.yaml"));
const servers = [];
const tokens = {};
let main;

async function start(settings) {
  const server = await Server.start(settings);
  servers.push(server);
  return server;
}

const open = (server = main, options) =>
  new LiveSession(story, server.url, options);

/** A live session whose frames are the tests' own. */
async function logIn(server, token, device, { since, ...options } = {}) {
  const session = open(server, options);
  const auth = { t: "auth", id: 1, token, device, since };
  session.sayText(JSON.stringify(auth));
  await session.await("ready", (x) => x.t === "ready");
  return session;
}

const http = (user, method, path, body) =>
  askJson(`${main.url}${path}`, method, tokens[user], body);

before(async () => {
  main = await start({ limits: { sends_per_s: 0 } });
  for (const user of ["alice", "bob", "carol", "dave"])
    tokens[user] = await register(main, user);
  story.likeness.stands(story.example("auth", "first").token, tokens.alice);
  story.likeness.stands(
    story.example("auth", "from_the_beginning").token,
    tokens.bob,
  );
});
after(() => Promise.all(servers.map((x) => x.remove())));

describe("a session, as the document's examples tell it", () => {
  let alice;
  let bob;

  it("begins", async () => {
    alice = open();
    await alice.expect("hello", "hello");
    alice.say(["auth", "first"]);
    await alice.expect("ready", "first");
    await alice.expect("caughtUp", "first");
    bob = open();
    bob.say(["auth", "from_the_beginning"]);
    await bob.await("caught_up", (x) => x.t === "caught_up");
  });

  it("carries messages", async () => {
    alice.say(["send", "first"]);
    await alice.expect("ack", "first");
    await bob.expect("msg", "first");
    alice.say(["send", "again"], ["send", "other_body"]);
    await alice.expect("ack", "again");
    await alice.expect("error", "cid_conflict");
    bob.say(["send", "reply"]);
    await alice.expect("msg", "reply");
    alice.say(["recv", "reply"], ["read", "two"]);
    await bob.expect("delivered", "alice");
    await bob.expect("readUpTo", "alice");
  });

  it("carries what happens to them", async () => {
    bob.say(["edit", "of_others"]);
    await bob.expect("error", "forbidden");
    alice.say(["edit", "own"]);
    await alice.expect("ack", "edit");
    await bob.expect("edited", "first");
    bob.say(["react", "wave"]);
    await bob.expect("ack", "reaction");
    await alice.expect("reacted", "wave");
    bob.say(["react", "wave_again"]);
    await bob.expect("ack", "reaction_again");
    alice.say(["history", "oldest"]);
    await alice.expect("historyPage", "oldest");
    bob.say(["delete", "own"]);
    await bob.expect("ack", "deletion");
    await alice.expect("deleted", "second");
    alice.say(["history", "newest"], ["history", "of_others"]);
    await alice.expect("historyPage", "newest");
    await alice.expect("error", "not_found");
  });

  it("carries what happens in a group", async () => {
    const members = { name: "Tea party", members: ["bob"] };
    const { conv } = await http("alice", "POST", "/v1/groups", members);
    await bob.expect("group", "created");
    const path = `/v1/groups/${conv}`;
    await http("alice", "PATCH", path, { name: "Mad tea party" });
    await bob.expect("group", "renamed");
    await http("alice", "POST", `${path}/members`, { users: ["carol"] });
    await bob.expect("member", "added");
    await http("alice", "PUT", `${path}/members/bob`, { role: "admin" });
    await bob.expect("member", "role");
    await http("carol", "DELETE", `${path}/members/carol`);
    await bob.expect("member", "left");
    await http("alice", "POST", `${path}/members`, { users: ["dave"] });
    await http("alice", "DELETE", `${path}/members/dave`);
    await bob.expect("member", "removed");
    alice.say(["send", "group"]);
    await bob.await(
      "the group's message",
      (x) => x.t === "msg" && x.conv === conv,
    );
    alice.say(["conversations", "first_page"]);
    await alice.expect("conversationList", "first_page");
    alice.say(["conversations", "next_page"]);
    await alice.expect("conversationList", "next_page");
    await http("alice", "DELETE", path);
    await bob.expect("group", "deleted");
  });

  it("carries what is not kept", async () => {
    alice.say(["watch", "two"]);
    await alice.expect("watched", "two");
    bob.say(["status", "away"]);
    await alice.expect("presence", "away");
    bob.say(["status", "online"]);
    await alice.expect("presence", "online");
    bob.say(["typing", "to_alice"]);
    await alice.expect("typed", "bob");
  });

  it("goes on after a break, and ends with its node", async () => {
    alice.say(["auth", "fresh"]);
    await alice.expect("ready", "fresh");
    alice.say(["ping", "ping"]);
    await alice.expect("pong", "pong");
    await alice.close();
    alice = open();
    alice.say(["auth", "resume"]);
    await alice.expect("ready", "resume");
    await alice.await("what came since", (x) => x.t === "deleted");
    await alice.expect("caughtUp", "resume");
    const tablet = open();
    tablet.say(["auth", "ahead"]);
    await tablet.expect("reset", "ahead");
    await tablet.close();
  });

  it("has nothing that the document does not know", () =>
    assert.deepEqual(story.surprises, []));
});

describe("what the server refuses", () => {
  let alice;
  const ask = (value) => alice.sayText(JSON.stringify(value));
  const message = (id, body) => ({
    t: "send",
    id,
    cid: `cid-${id}`,
    to: "bob",
    body,
  });

  before(async () => {
    alice = await logIn(main, tokens.alice, "refused");
  });

  it("each code", async () => {
    alice.sayText("{");
    await alice.expect("error", "bad_frame");
    ask({ t: "dance", id: 14 });
    await alice.expect("error", "unknown_type");
    ask({ t: "delete", id: 15, conv: "dm:alice:bob", seq: 0 });
    await alice.expect("error", "bad_request");
    ask(message(16, "x".repeat(100_001)));
    await alice.expect("error", "too_large");
    const stranger = open();
    stranger.sayText('{"t":"auth","id":1,"token":"a.b.c","device":"phone"}');
    await stranger.expect("error", "unauthenticated");
    assert.equal(await stranger.closed, 4501);
  });

  it("over the rate, and with a full disk", async () => {
    const strict = await start({ limits: { sends_per_s: 1, sends_burst: 1 } });
    const token = await register(strict, "alice");
    await register(strict, "bob");
    const hasty = await logIn(strict, token, "hasty");
    const many = Array.from({ length: 250 }, () => message(17, "x"));
    hasty.sayText(JSON.stringify(many));
    await hasty.expect("error", "rate_limited");
    while (hasty.isOpen) {
      hasty.sayText(JSON.stringify(many));
      await hasty.settle().catch(() => assert.equal(hasty.isOpen, false));
    }
    assert.equal(await hasty.closed, 4009);

    const full = await start({
      storage: { disk_warn_percent: 1, disk_refuse_percent: 1 },
    });
    const writer = await logIn(full, await register(full, "alice"), "writer");
    writer.sayText(JSON.stringify(message(18, "x")));
    await writer.expect("error", "unavailable");
  });

  it("a request just when the schema does", async () => {
    for (const key of story.said) {
      const { payload, examples } = story.messages[key];
      const good = story.likeness.fill(examples[0].payload);
      for (const { label, value } of variants(payload, good, (x) =>
        story.resolve(x),
      )) {
        const misfits = story.misfits(key, value);
        if (misfits && isUnknownName(value, good)) continue;
        const session = key === "auth" ? open() : alice;
        if (key === "auth")
          await session.await("hello", (x) => x.t === "hello");
        const refused = await isRefused(session, value);
        assert.equal(refused, misfits !== "", `${key} ${label}: ${misfits}`);
        if (key === "auth") await session.close();
      }
    }
  });

  /** Whether a request is told that it is none. */
  async function isRefused(session, value) {
    session.sayText(JSON.stringify(value));
    const none = new Set(["bad_request", "too_large", "unknown_type"]);
    const told = (x) => x.t === "error" && none.has(x.code);
    if (value.t === "auth" || session !== alice) {
      const first = await session.await("an answer", (x) =>
        ["ready", "error"].includes(x.t),
      );
      return told(first);
    }
    // The user's home looks at a cursor, and a ping does not go that far.
    const id = 2 ** 40;
    session.sayText(JSON.stringify({ t: "conversations", id, limit: 1 }));
    const listed = (x) => x.t === "conversations" && x.id === id;
    await session.await("the list", listed);
    return (await session.settle()).some(told);
  }

  /**
   * What is no name is answered like a name of nobody, and that is nothing
   * where there is no reply.
   */
  function isUnknownName(value, good) {
    return ["conv", "to", "users"].some((name) => {
      const texts = [value[name]].flat();
      return (
        value[name] !== good[name] &&
        texts.every((x) => typeof x === "string") &&
        texts.length <= 200
      );
    });
  }

  it("frames that are none", async () => {
    const binary = await logIn(main, tokens.alice, "binary");
    binary.sayText("{}", { binary: true });
    assert.equal(await binary.closed, 1003);
    const garbled = await logIn(main, tokens.alice, "garbled");
    garbled.sayText(Buffer.from([0xff, 0xfe]), { binary: false });
    assert.equal(await garbled.closed, 1007);
    const long = await logIn(main, tokens.alice, "long");
    long.sayText(" ".repeat(1_310_721));
    assert.equal(await long.closed, 1009);
  });

  it("what is not the turn or the session of who asks", async () => {
    const early = open();
    early.sayText('{"t":"ping"}');
    assert.equal(await early.closed, 4500);
    const first = await logIn(main, tokens.alice, "twice");
    const second = await logIn(main, tokens.alice, "twice");
    assert.equal(await first.closed, 4510);
    await http("alice", "DELETE", "/v1/devices/twice");
    assert.equal(await second.closed, 4502);
  });

  it("silence, and a window that stays full", async () => {
    const silent = await start({ http: { ping_interval: "200ms" } });
    const mute = await logIn(silent, await register(silent, "alice"), "mute", {
      autoPong: false,
    });
    assert.equal(await mute.closed, 4001);

    const hasty = await start({
      http: { window_timeout: "50ms" },
      limits: { sends_per_s: 0 },
    });
    const reader = await logIn(hasty, await register(hasty, "bob"), "reader");
    const writer = await logIn(hasty, await register(hasty, "alice"), "writer");
    const many = Array.from({ length: 250 }, (_, i) => message(i, "x"));
    const others = many.map((x) => ({ ...x, cid: `other-${x.id}` }));
    writer.sayText(JSON.stringify(many));
    writer.sayText(JSON.stringify(others));
    assert.equal(await reader.closed, 4008);
  });

  it("to go on from a place that was trimmed", async () => {
    const forgetful = await start({
      storage: { inbox_days: 0, inbox_rows: 1 },
      actors: { passivate_after: "50ms" },
      limits: { sends_per_s: 0 },
    });
    const token = await register(forgetful, "alice");
    await register(forgetful, "bob");
    const writer = await logIn(forgetful, token, "writer");
    const tooFar = (x) => x.t === "reset" && x.reason === "too_far";
    for (let id = 1; !story.seen.has("reset too_far"); ++id) {
      writer.sayText(JSON.stringify(message(id, "x")));
      await writer.await("ack", (x) => x.t === "ack" && x.id === id);
      const late = await logIn(forgetful, token, "late", { since: 0 });
      if ((await late.settle()).some(tooFar)) story.seen.add("reset too_far");
      await late.close();
    }
  });

  it("what its disk has damaged", async () => {
    const { server, token } = await damagedNode();
    servers.push(server);
    const reader = await logIn(server, token, "reader");
    const { id } = story.example("error", "internal");
    const history = { t: "history", id, conv: "dm:alice:alice", before: 3 };
    reader.sayText(JSON.stringify(history));
    await reader.expect("error", "internal");
  });

  it("to go on when the node stops", async () => {
    const last = await logIn(main, tokens.bob, "last");
    main.signal();
    await last.expect("reconnect", "drain");
    assert.equal(await last.closed, 4000);
  });
});

describe("the document and the server know the same", () => {
  it("the server said nothing that the document does not know", () =>
    assert.deepEqual(story.surprises, []));

  it("every message, example, code and close code has been seen", () => {
    const unseen = [...story.promised()].filter((x) => !story.seen.has(x));
    assert.deepEqual(unseen, []);
  });
});
