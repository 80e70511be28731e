import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ParleyClient } from "../src/api.js";
import type { ChannelLike, LocksLike } from "../src/tab_channel.js";
import { IndexedDbStore } from "../src/store_indexeddb.js";
import { createSharedClient } from "../src/tabs.js";
import { msg, settle, World } from "./support/fakes.js";

const CONV = "dm:alice:bob";

/** Locks as browsers have them, for tabs of one process. */
class FakeLocks implements LocksLike {
  #turns: Promise<unknown> = Promise.resolve();

  request(
    _name: string,
    { signal }: { signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown> {
    const turn = this.#turns.then(() => {
      if (signal?.aborted) throw new Error("aborted");
      return held();
    });
    this.#turns = turn.catch(() => {});
    return turn;
  }
}

/** A channel that can be cut off, as by the end of a tab. */
class FakeChannels {
  readonly #ends = new Set<ChannelLike>();

  open(): ChannelLike {
    const end: ChannelLike = {
      onmessage: null,
      postMessage: (message) => {
        if (!this.#ends.has(end)) return;
        for (const other of this.#ends)
          if (other !== end) {
            const data: unknown = structuredClone(message);
            queueMicrotask(() => other.onmessage?.({ data } as MessageEvent));
          }
      },
      close: () => this.#ends.delete(end),
    };
    this.#ends.add(end);
    return end;
  }
}

/** A disk that can take its time over one conversation. */
class SlowDisk {
  #conv = "";
  #until: Promise<void> = Promise.resolve();
  #release = () => {};

  hold(conv: string): void {
    this.#conv = conv;
    this.#until = new Promise((done) => (this.#release = done));
  }

  release(): void {
    this.#conv = "";
    this.#release();
  }

  readonly open = (name: string): IndexedDbStore => {
    const store = new IndexedDbStore(name);
    const load = store.loadItems.bind(store);
    store.loadItems = async (conv, limit) => {
      if (conv === this.#conv) await this.#until;
      return load(conv, limit);
    };
    return store;
  };
}

let count = 0;

/** A browser: opens tabs that share what tabs share. */
function browser(world: World, disk: SlowDisk) {
  const locks = new FakeLocks();
  const channels = new FakeChannels();
  const name = `tabs-${++count}`;
  const { store: _, ...options } = world.options;
  return (): Promise<ParleyClient> => {
    const openChannel = () => channels.open();
    const openStore = disk.open;
    const shared = { name, locks, openChannel, openStore };
    return createSharedClient({ ...options, ...shared });
  };
}

/** IndexedDB takes its time: lets everything come to rest. */
async function rest(): Promise<void> {
  for (let i = 0; i < 20; ++i) await settle();
}

/** Two tabs of one browser; alice has logged in in the first. */
async function twoTabs() {
  const world = new World();
  const disk = new SlowDisk();
  const open = browser(world, disk);
  const first = await open();
  await first.login("alice", "password");
  first.start();
  await rest();
  await world.socket.accept();
  await rest();
  const second = await open();
  return { world, disk, first, second };
}

describe("tabs", () => {
  it("share one connection and see the same", async () => {
    const { world, first, second } = await twoTabs();
    assert.equal(second.state.user, "alice");
    assert.equal(second.state.connection, "online");
    second.start();
    await world.socket.say(msg(1, 11));
    await rest();
    const opened = Promise.all([first.open(CONV), second.open(CONV)]);
    await rest();
    for (const { items } of await opened) assert.equal(items.length, 1);

    const sent = second.send(CONV, "from the second tab");
    await rest();
    const { cid } = await sent;
    assert.equal(world.socket.last("send")["cid"], cid);
    assert.equal(first.timeline(CONV).pending.length, 1);
    const confirmed = second.confirmation(cid);
    await world.socket.ack(world.socket.last("send"), 2);
    await rest();
    assert.equal((await confirmed).seq, 2);
    for (const tab of [first, second]) {
      assert.equal(tab.timeline(CONV).items.length, 2);
      assert.equal(tab.conversation(CONV)?.unread, 1);
      assert.deepEqual(tab.outbox(), []);
    }
    assert.equal(world.sockets.length, 1);
    await assert.rejects(second.api.user("nobody"), {
      name: "ParleyError",
      code: "not_found",
      status: 404,
    });
    await second.close();
    await first.close();
  });

  it("go on when the one with the connection is closed", async () => {
    const { world, first, second } = await twoTabs();
    second.start();
    await rest();
    await world.socket.say(msg(1, 11));
    await rest();
    const opened = second.open(CONV);
    await rest();
    await opened;
    await first.close();
    await rest();
    assert.equal(world.sockets.length, 2);
    await world.socket.say({ t: "hello", v: 1 });
    assert.equal(world.socket.last("auth")["since"], 11);
    await world.socket.accept(11);
    await rest();
    await world.socket.say(msg(2, 12));
    await rest();
    assert.equal(second.state.connection, "online");
    assert.deepEqual(
      second.timeline(CONV).items.map((x) => x.seq),
      [1, 2],
    );
    await second.close();
  });

  it("keep what is opened while the next one takes over", async () => {
    const { world, disk, first, second } = await twoTabs();
    const other = "dm:alice:carol";
    await world.socket.say(msg(1, 11));
    await world.socket.say({ ...msg(1, 12), conv: other, from: "carol" });
    await rest();
    const opened = second.open(CONV);
    await rest();
    await opened;
    disk.hold(CONV);
    await first.close();
    await rest();
    const openedMeanwhile = second.open(other);
    await rest();
    assert.equal(second.timeline(other).items.length, 1);
    disk.release();
    await rest();
    await openedMeanwhile;
    for (const conv of [CONV, other])
      assert.equal(second.timeline(conv).items.length, 1, conv);
    await second.close();
  });

  it("take a call that the leader left behind to the next one", async () => {
    const { world, first, second } = await twoTabs();
    second.start();
    await rest();
    const leaving = first.close();
    const sent = second.send(CONV, "who takes this?");
    await leaving;
    await rest();
    const { cid } = await sent;
    await world.socket.accept(10);
    await rest();
    assert.deepEqual(
      world.sockets.flatMap((x) => x.all("send")).map((x) => x["cid"]),
      [cid],
    );
    await second.close();
  });

  it("are away only when all are, and watch for each other", async () => {
    const { world, first, second } = await twoTabs();
    first.watch(["bob"]);
    second.watch(["carol"]);
    first.setStatus("online");
    second.setStatus("away");
    await rest();
    assert.deepEqual(world.socket.last("watch")["users"], ["bob", "carol"]);
    assert.equal(world.socket.last("status")["status"], "online");
    first.setStatus("away");
    await rest();
    assert.equal(world.socket.last("status")["status"], "away");
    await second.close();
    await rest();
    assert.deepEqual(world.socket.last("watch")["users"], ["bob"]);
    await first.close();
  });
});
