import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ParleyClient } from "../src/api.js";
import { directConversation } from "../src/names.js";
import { MemoryStore } from "../src/store.js";
import { FileStore } from "../src/store_file.js";
import {
  assertWhole,
  bodies,
  clientAt,
  closeAll,
  online,
  patiently,
  person,
  until,
} from "./support/people.js";
import { CuttingProxy } from "./support/proxy.js";
import { withSeed } from "./support/random.js";
import { Server, skip } from "parley-testing";

describe("whatever crashes", { skip }, () => {
  let server: Server;
  let directory: string;
  before(async () => {
    server = await Server.start();
    directory = await mkdtemp(join(tmpdir(), "parley-store-"));
  });
  after(async () => {
    await closeAll();
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  });

  it("a client resumes from its store, with what it had queued", async () => {
    const path = join(directory, "alice.log");
    const conv = directConversation("alice", "bob");
    const first = await person(server.url, "alice", {
      store: new FileStore(path),
    });
    const bob = await person(server.url, "bob");
    await bob.open(conv);
    await first.open(conv);
    await first.confirmation((await first.send(conv, "one")).cid);
    first.stop();
    await first.send(conv, "two, offline");
    await first.close();
    await bob.confirmation((await bob.send(conv, "three")).cid);

    const second = await clientAt(server.url, { store: new FileStore(path) });
    assert.equal(second.state.user, "alice");
    assert.deepEqual(
      second.outbox().map((x) => x.act),
      [{ kind: "send", body: "two, offline" }],
    );
    await second.open(conv);
    assert.deepEqual(bodies(second, conv), ["one"]);
    second.start();
    await until(second, () => second.timeline(conv).items.length === 3);
    await until(bob, () => bob.timeline(conv).items.length === 3);
    await assertWhole(second, conv);
    await assertWhole(bob, conv);
    assert.equal(second.conversation(conv)?.unread, 1);
  });

  it("a server that is killed under load loses and doubles nothing", () =>
    withSeed(async (random) => {
      const people = await team(server.url, ["carol", "dave", "erin"]);
      const load = talk(people, random, 60);
      for (let i = 0; i < 3; ++i) {
        const seen = people.conv.map((c) => people.lastSeq(c));
        await people.until(() =>
          people.conv.some((c, k) => people.lastSeq(c) > seen[k]! + 5),
        );
        await server.stop("SIGKILL");
        await server.start();
        for (const client of people.all) client.retryNow();
      }
      await load;
      await people.settle();
    }));

  it("connections that are cut at any byte lose and double nothing", () =>
    withSeed(async (random) => {
      const proxy = await CuttingProxy.start(server.port, random, 4000);
      const direct = await team(server.url, ["frank", "grace", "heidi"]);
      const stores = direct.all.map(() => new MemoryStore());
      const clients = await Promise.all(
        direct.all.map(async ({ state }, i) => {
          const client = await clientAt(proxy.url, { store: stores[i]! });
          const { user = "" } = state;
          while (!client.state.signedIn)
            await client.login(user, `${user}-password`).catch(() => {});
          client.start();
          return client;
        }),
      );
      const people = new Team(clients, direct.conv);
      const impatient = setInterval(() => {
        for (const client of clients) client.retryNow();
      }, 20);
      try {
        await people.open();
        await talk(people, random, 80);
        await people.until(() => clients.every((x) => !x.outbox().length));
        proxy.cutting = false;
        assert(proxy.cuts >= 3, `only ${proxy.cuts} cuts`);
        await people.settle();
      } finally {
        clearInterval(impatient);
        await Promise.all(clients.map((x) => x.close()));
        await proxy.stop();
      }
    }));
});

/** Some clients and the conversations that all or two of them have. */
class Team {
  readonly all: readonly ParleyClient[];
  readonly conv: readonly string[];

  constructor(all: readonly ParleyClient[], conv: readonly string[]) {
    this.all = all;
    this.conv = conv;
  }

  of(conv: string): ParleyClient[] {
    return this.all.filter(
      ({ state }) =>
        conv.startsWith("g:") || conv.split(":").includes(state.user ?? ""),
    );
  }

  /** Opens every conversation, as soon as that works. */
  async open(): Promise<void> {
    for (const conv of this.conv)
      for (const client of this.of(conv))
        while (!(await client.open(conv).catch(() => undefined)));
  }

  lastSeq(conv: string): number {
    return Math.max(
      ...this.of(conv).map((x) => x.conversation(conv)?.lastSeq ?? 0),
    );
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await Promise.race(this.all.map((client) => until(client, condition)));
  }

  /** Waits until all is through, and compares with the history. */
  async settle(): Promise<void> {
    for (const client of this.all) {
      await online(client);
      await until(client, () => client.outbox().length === 0);
    }
    for (const conv of this.conv)
      for (const client of this.of(conv)) {
        const head = await patiently(client, async () => {
          const page = await client.history(conv, { limit: 1 });
          await client.open(conv);
          while (client.timeline(conv).hasOlder)
            await client.loadOlder(conv, 200);
          return page.items[0]?.seq ?? 0;
        });
        await until(client, () => {
          const { items, gaps } = client.timeline(conv);
          return items.at(-1)?.seq === head && gaps.length === 0;
        });
        await patiently(client, () => assertWhole(client, conv));
      }
    await this.#assertSaid();
  }

  /** Each one's messages are there once, in the order they were said. */
  async #assertSaid(): Promise<void> {
    for (const conv of this.conv)
      for (const speaker of this.of(conv)) {
        const { user } = speaker.state;
        const said = speaker
          .timeline(conv)
          .items.flatMap((x) =>
            x.kind === "msg" && x.from === user ? [x.cid] : [],
          );
        assert.deepEqual(said, [...(spoken.get(`${user} ${conv}`) ?? [])]);
      }
  }
}

/** What was said, by speaker and conversation: the `cid`s in their order. */
const spoken = new Map<string, string[]>();

async function team(url: string, users: string[]): Promise<Team> {
  const all = await Promise.all(users.map((user) => person(url, user)));
  const group = await all[0]!.api.createGroup("team", users.slice(1));
  const direct = directConversation(users[0]!, users[1]!);
  const out = new Team(all, [group, direct]);
  await out.open();
  return out;
}

/** Everybody says, edits, deletes and reacts, `count` times together. */
async function talk(
  people: Team,
  random: () => number,
  count: number,
): Promise<void> {
  const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!;
  for (let i = 0; i < count; ++i) {
    const conv = one(people.conv);
    const client = one(people.of(conv));
    const { user } = client.state;
    const messages = client
      .timeline(conv)
      .items.filter((x) => x.kind === "msg" && !x.deleted);
    const own = messages.filter((x) => x.kind === "msg" && x.from === user);
    const what = random();
    if (what < 0.1 && own.length > 0) {
      await client.edit(conv, one(own).seq, `edited ${i}`);
    } else if (what < 0.25 && messages.length > 0) {
      await client.react(
        conv,
        one(messages).seq,
        one(["👍", "🎉"]),
        random() < 0.7,
      );
    } else {
      const { cid } = await client.send(conv, `message ${i} of ${user}`);
      const key = `${user} ${conv}`;
      spoken.set(key, [...(spoken.get(key) ?? []), cid]);
      if (what > 0.8) await client.confirmation(cid);
    }
  }
}
