import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ParleyError } from "../src/errors.js";
import { directConversation } from "../src/names.js";
import { MemoryStore, type Patch } from "../src/store.js";
import {
  assertWhole,
  bodies,
  clientAt,
  closeAll,
  nextEvent,
  online,
  person,
  until,
} from "./support/people.js";
import { Server, skip } from "parley-testing";

describe("clients of a real server", { skip }, () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(async () => {
    await closeAll();
    await server.remove();
  });

  it("chat with each other", async () => {
    const alice = await person(server.url, "alice");
    const bob = await person(server.url, "bob");
    const conv = directConversation("alice", "bob");
    await Promise.all([alice.open(conv), bob.open(conv)]);

    const queued = await alice.send(conv, "hello");
    const ack = await alice.confirmation(queued.cid);
    assert.equal(ack.seq, 1);
    await until(bob, () => bodies(bob, conv).includes("hello"));
    assert.equal(bob.conversation(conv)?.unread, 1);

    await bob.markRead(conv);
    assert.equal(bob.conversation(conv)?.unread, 0);
    const answer = await bob.send(conv, "hi", 1);
    await bob.confirmation(answer.cid);
    await until(alice, () => alice.conversation(conv)?.lastSeq === 2);

    await alice.edit(conv, 1, "hello!");
    await bob.react(conv, 1, "👍", true);
    const gone = await bob.delete(conv, 2);
    await bob.confirmation(gone.cid);
    for (const each of [alice, bob]) {
      await until(each, () => each.timeline(conv).items.length === 5);
      await assertWhole(each, conv);
      assert.equal(each.outbox().length, 0);
    }
    const [first, second] = alice.timeline(conv).items;
    assert.deepEqual(first?.kind === "msg" && [first.body, first.reactions], [
      "hello!",
      { "👍": ["bob"] },
    ]);
    assert.equal(second?.kind === "msg" && second.deleted, true);
  });

  it("make a group, and see who comes, goes, types and reads", async () => {
    const [carol, dave, erin] = await Promise.all(
      ["carol", "dave", "erin"].map((x) => person(server.url, x)),
    );
    assert(carol && dave && erin);
    const conv = await carol.api.createGroup("tea", ["dave"]);
    await until(dave, () => dave.conversation(conv)?.name === "tea");
    await Promise.all([carol.open(conv), dave.open(conv)]);
    assert.equal(carol.members(conv).length, 2);

    const typing = nextEvent(carol, "typing", (x) => x.users.length > 0);
    dave.typing(conv);
    assert.deepEqual((await typing).users, ["dave"]);
    const sent = await dave.send(conv, "milk?");
    await dave.confirmation(sent.cid);
    await until(carol, () => bodies(carol, conv).includes("milk?"));
    await until(carol, () => carol.typingIn(conv).length === 0);
    await carol.markRead(conv);
    await until(dave, () =>
      dave.members(conv).some((x) => x.user === "carol" && x.readSeq >= 2),
    );

    await carol.api.addMembers(conv, ["erin"]);
    await until(erin, () => erin.conversation(conv)?.name === "tea");
    await erin.open(conv);
    await assertWhole(erin, conv);
    await until(carol, () => carol.members(conv).length === 3);
    await carol.api.removeMember(conv, "dave");
    await until(dave, () => dave.conversation(conv)?.left === true);
    await assert.rejects(
      dave.confirmation((await dave.send(conv, "still here?")).cid),
      (why) => why instanceof ParleyError && !why.retryable,
    );
    assert.equal(dave.timeline(conv).pending[0]?.state, "failed");
    await dave.discard(dave.outbox()[0]!.cid);
    assert.equal(dave.outbox().length, 0);

    const seen = nextEvent(carol, "presence", (x) =>
      x.items.some((each) => each.user === "erin" && each.status === "away"),
    );
    carol.watch(["erin"]);
    erin.setStatus("away");
    await seen;
  });

  it("page through a long history and jump into it", async () => {
    const frank = await person(server.url, "frank");
    const notes = directConversation("frank", "frank");
    const tablet = await clientAt(server.url, { device: "tablet" });
    await tablet.login("frank", "frank-password");
    tablet.start();
    await online(tablet);
    tablet.stop();
    for (let i = 1; i <= 300; ++i) await frank.send(notes, `note ${i}`);
    await until(frank, () => frank.outbox().length === 0);

    // More than a window of what it missed.
    tablet.start();
    await until(tablet, () => tablet.timeline(notes).items.length === 300);
    await assertWhole(tablet, notes);

    const other = await person(server.url, "grace");
    await other.logout();
    await other.login("frank", "frank-password");
    other.start();
    const opened = await openWhenListed(other, notes);
    assert.equal(opened.items.length, 50);
    await other.ensureRange(notes, 10, 20);
    assert.deepEqual(other.timeline(notes).gaps, [{ from: 21, to: 250 }]);
    while (await other.loadOlder(notes, 100));
    await assertWhole(other, notes);
  });

  it("reach the rest over HTTP, and get errors as such", async () => {
    const heidi = await person(server.url, "heidi");
    await heidi.api.patchMe({ about: "neutral" });
    assert.equal((await heidi.api.user("heidi")).about, "neutral");
    assert.deepEqual(
      (await heidi.api.users(["heidi", "nobody"])).map((x) => x.user),
      ["heidi"],
    );
    assert.deepEqual(
      (await heidi.api.searchUsers("hei")).map((x) => x.user),
      ["heidi"],
    );
    const notes = directConversation("heidi", "heidi");
    await heidi.confirmation((await heidi.send(notes, "to myself")).cid);
    const until2100 = Date.UTC(2100, 0);
    await heidi.api.mute(notes, until2100);
    assert.equal(heidi.conversation(notes)?.mutedUntil, until2100);
    await heidi.refreshConversations();
    assert.equal(heidi.conversation(notes)?.mutedUntil, until2100);
    await heidi.api.mute(notes, null);
    assert.equal(heidi.conversation(notes)?.mutedUntil, undefined);
    await heidi.api.block("alice");
    assert.deepEqual(await heidi.api.blocks(), ["alice"]);
    await heidi.api.unblock("alice");
    const { device } = heidi.state;
    await heidi.api.nameDevice(device, "At home");
    const devices = await heidi.api.devices();
    assert.deepEqual(
      devices.map((x) => [x.device, x.name]),
      [[device, "At home"]],
    );
    await heidi.api.nameDevice(device, null);
    assert.equal((await heidi.api.devices())[0]?.name, undefined);
    assert.equal((await heidi.api.presence(["heidi"])).length, 1);
    assert.equal((await heidi.api.discover()).length, 1);
    await assert.rejects(heidi.api.user("nobody"), {
      name: "ParleyError",
      code: "not_found",
      status: 404,
      retryable: false,
    });
    const again = await person(server.url, "ivan");
    await assert.rejects(again.register("heidi", "whatever-1"), {
      code: "conflict",
    });
    await heidi.api.changePassword("heidi-password", "heidi-password-2");
    await heidi.logout();
    assert.deepEqual(heidi.conversations(), []);
    await assert.rejects(heidi.api.me(), { code: "signed_out" });
  });
});

/** Counts the logins' tokens that are stored. */
class CountingStore extends MemoryStore {
  #tokens = 0;
  #waiting: (() => void) | undefined;

  override async commit(patch: Patch): Promise<void> {
    await super.commit(patch);
    if (patch.credentials && ++this.#tokens >= 4) this.#waiting?.();
  }

  /** The first is the login's own. */
  threeRefreshes(): Promise<void> {
    return new Promise((resolve) => (this.#waiting = resolve));
  }
}

describe("a login of a server with short-lived tokens", { skip }, () => {
  let server: Server;
  before(async () => {
    const auth = { access_ttl: "5s", expiry_grace: "0s" };
    server = await Server.start({ auth });
  });
  after(async () => {
    await closeAll();
    await server.remove();
  });

  it("outlives them in one session", async () => {
    const store = new CountingStore();
    const refreshed = store.threeRefreshes();
    const judy = await person(server.url, "judy", { store });
    const states: string[] = [];
    judy.on("state", ({ state }) => states.push(state.connection));
    await refreshed;
    const notes = directConversation("judy", "judy");
    const { cid } = await judy.send(notes, "still here");
    await judy.confirmation(cid);
    assert.equal((await judy.api.me()).user, "judy");
    assert.deepEqual(states, []);
  });

  it("ends on all its devices when the password is changed", async () => {
    const phone = await person(server.url, "kate", { device: "phone" });
    const laptop = await clientAt(server.url, { device: "laptop" });
    await laptop.login("kate", "kate-password");
    laptop.start();
    await online(laptop);
    await phone.api.changePassword("kate-password", "kate-password-2");
    await until(laptop, () => laptop.state.connection === "stopped");
    assert.equal(laptop.state.stopReason, "signed-out");
    assert.equal(laptop.state.signedIn, false);
    await laptop.login("kate", "kate-password-2");
    laptop.start();
    await online(laptop);
    assert.equal(phone.state.connection, "online");
  });
});

async function openWhenListed(
  client: Awaited<ReturnType<typeof person>>,
  conv: string,
) {
  await until(client, () => client.conversation(conv) !== undefined);
  return client.open(conv);
}
