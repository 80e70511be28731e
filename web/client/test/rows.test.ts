import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Item, MessageItem } from "../src/api.js";
import { Ranges } from "../src/ranges.js";
import { Rows } from "../src/rows.js";
import type { StoredItem } from "../src/store.js";
import { withSeed } from "./support/random.js";

const CONV = "g:1";

function message(seq: number, more: Partial<MessageItem> = {}): MessageItem {
  const head = { kind: "msg" as const, conv: CONV, seq, from: "a", ts: seq };
  return { ...head, cid: `c${seq}`, body: `m${seq}`, ...more };
}

function live(item: Item): StoredItem {
  return { item, asOf: item.seq };
}

/** Takes in what a plan says, as the client does after storing it. */
function merge(rows: Rows, ...incoming: StoredItem[]): number[] {
  const changed = rows.plan(incoming);
  rows.put(changed);
  return changed.map((x) => x.item.seq).sort((a, b) => a - b);
}

function at(rows: Rows, seq: number): MessageItem {
  const item = rows.get(seq)?.item;
  assert(item?.kind === "msg");
  return item;
}

describe("rows", () => {
  it("apply an edit, also one that came before its message", () => {
    const rows = new Rows();
    const head = { conv: CONV, from: "a", ref: 2 };
    const first = {
      kind: "edited" as const,
      ...head,
      seq: 5,
      ts: 5,
      body: "x",
    };
    const second = { ...first, seq: 7, ts: 7, body: "y" };
    merge(rows, live(second));
    merge(rows, live(message(2)));
    merge(rows, live(first));
    assert.equal(at(rows, 2).body, "y");
    assert.equal(at(rows, 2).editedTs, 7);
  });

  it("take away all bodies when a message is deleted", () => {
    const rows = new Rows();
    const head = { conv: CONV, from: "a", ref: 1 };
    const edited = {
      kind: "edited" as const,
      ...head,
      seq: 2,
      ts: 2,
      body: "x",
    };
    merge(rows, live(message(1, { reactions: { "👍": ["b"] } })), live(edited));
    const changed = merge(
      rows,
      live({ kind: "deleted", ...head, seq: 3, ts: 3 }),
    );
    assert.deepEqual(changed, [1, 2, 3]);
    const { body, reactions, editedTs, deleted } = at(rows, 1);
    assert.deepEqual(
      [body, reactions, editedTs, deleted],
      [undefined, undefined, undefined, true],
    );
    const edit = rows.get(2)?.item;
    assert(edit?.kind === "edited" && edit.deleted && !edit.body);
  });

  it("apply only what history did not have in it yet", () => {
    const rows = new Rows();
    const on = { conv: CONV, from: "b", ref: 1, emoji: "👍", on: true };
    merge(rows, { item: message(1), asOf: 30 });
    // It was withdrawn by an entry that is not here.
    merge(rows, live({ kind: "reacted", ...on, seq: 20, ts: 20 }));
    assert.equal(at(rows, 1).reactions, undefined);
    merge(rows, live({ kind: "reacted", ...on, seq: 31, ts: 31 }));
    assert.deepEqual(at(rows, 1).reactions, { "👍": ["b"] });
    const off = { ...on, on: false };
    merge(rows, live({ kind: "reacted", ...off, seq: 32, ts: 32 }));
    assert.equal(at(rows, 1).reactions, undefined);
  });

  it("keep what they have of a number, unless it is older", () => {
    const rows = new Rows();
    merge(rows, live(message(4)));
    assert.deepEqual(merge(rows, live(message(4, { body: "other" }))), []);
    assert.equal(at(rows, 4).body, "m4");
    merge(rows, { item: message(4, { body: "newer" }), asOf: 9 });
    merge(rows, { item: message(4, { body: "older" }), asOf: 8 });
    assert.equal(at(rows, 4).body, "newer");
  });

  it("know what is missing, also at the end", () => {
    const rows = new Rows();
    merge(
      rows,
      live(message(3)),
      live(message(6)),
      live({ kind: "lost", conv: CONV, seq: 7 }),
    );
    assert.deepEqual(rows.gaps(9), [
      { from: 4, to: 5 },
      { from: 8, to: 9 },
    ]);
    assert.deepEqual(rows.missing(1, 6), [
      { from: 1, to: 2 },
      { from: 4, to: 5 },
    ]);
  });

  it("end alike in whatever order entries and pages come", () =>
    withSeed(async (random) => {
      for (let round = 0; round < 200; ++round) anyOrder(random);
    }));
});

/**
 * A conversation of random acts, taken in as events in one order, or as events
 * in disorder mixed with pages of history of different age.
 */
function anyOrder(random: () => number): void {
  const pick = (n: number) => Math.floor(random() * n);
  const truth = new Rows();
  const events: StoredItem[] = [];
  const pages: StoredItem[] = [];
  for (let seq = 1; seq <= 20; ++seq) {
    events.push(live(randomEntry(seq, pick, truth)));
    merge(truth, events.at(-1)!);
    if (random() < 0.3)
      for (const item of truth.items())
        if (random() < 0.5) pages.push({ item, asOf: seq });
  }
  const rows = new Rows();
  const all = [...events, ...pages];
  while (all.length > 0) {
    const batch: StoredItem[] = [];
    for (let i = pick(4); i >= 0 && all.length > 0; --i)
      batch.push(...all.splice(pick(all.length), 1));
    merge(rows, ...batch);
  }
  assert.deepEqual(sorted(rows), sorted(truth));
}

function randomEntry(
  seq: number,
  pick: (n: number) => number,
  sofar: Rows,
): Item {
  const alive = sofar.items().filter((x) => x.kind === "msg" && !x.deleted);
  const ref = alive[pick(alive.length)]?.seq;
  const what = pick(6);
  if (ref === undefined || what < 2) return message(seq);
  const head = { conv: CONV, seq, from: "ab"[pick(2)]!, ts: seq, ref };
  if (what === 2) return { kind: "edited", ...head, body: `e${seq}` };
  if (what === 3 && pick(3) === 0) return { kind: "deleted", ...head };
  return { kind: "reacted", ...head, emoji: "👍", on: pick(2) === 0 };
}

/** Those who reacted have no order that could be known from parts. */
function sorted(rows: Rows): unknown[] {
  return rows.items().map((x) => {
    if (x.kind !== "msg" || !x.reactions) return x;
    return {
      ...x,
      reactions: Object.values(x.reactions).map((y) => [...y].sort()),
    };
  });
}

describe("ranges", () => {
  it("are what a plain set would be", () =>
    withSeed(async (random) => {
      for (let round = 0; round < 100; ++round) {
        const ranges = new Ranges();
        const set = new Set<number>();
        for (let i = 0; i < 30; ++i) {
          const seq = 1 + Math.floor(random() * 40);
          ranges.add(seq);
          set.add(seq);
        }
        const inside = ranges
          .all()
          .flatMap(({ from, to }) =>
            Array.from({ length: to - from + 1 }, (_, i) => from + i),
          );
        assert.deepEqual(
          inside,
          [...set].sort((a, b) => a - b),
        );
        const missing = ranges
          .missing(1, 40)
          .reduce((n, x) => n + x.to - x.from + 1, 0);
        assert.equal(missing, 40 - set.size);
        const { first = 0, last = 0 } = ranges;
        assert.deepEqual(ranges.gaps(), ranges.missing(first, last));
      }
    }));
});
