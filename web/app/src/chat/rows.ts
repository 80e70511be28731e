import type {
  GroupItem,
  Item,
  LostItem,
  MemberItem,
  MessageItem,
  OutboxEntry,
  Timeline,
} from "parley-client";
import { dayOf } from "../core/format";

/** A row of a conversation as it is shown; `at` rises from row to row. */
export type Row =
  | { readonly kind: "day"; readonly at: number; readonly ts: number }
  | { readonly kind: "unread"; readonly at: number }
  | {
      readonly kind: "gap";
      readonly at: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "message";
      readonly at: number;
      readonly message: MessageItem;
      /** The first of several by one person in a short time. */
      readonly first: boolean;
      /** What one did to it that is not confirmed yet. */
      readonly acts: readonly OutboxEntry[];
    }
  | {
      readonly kind: "unsent";
      readonly at: number;
      readonly entry: OutboxEntry;
      readonly first: boolean;
    }
  | {
      readonly kind: "event";
      readonly at: number;
      readonly item: GroupItem | MemberItem | LostItem;
    };

/** Beyond every `seq`: rows of what has none yet. */
const UNSENT_FROM = 2 ** 50;
const RUN_MS = 5 * 60_000;
const NO_ACTS: readonly OutboxEntry[] = [];

/**
 * The rows of a timeline. Where nothing is different, the rows of `before` are
 * used again, so that `===` says what has to be drawn.
 */
export function rowsOf(
  timeline: Timeline,
  me: string,
  unreadFrom: number | undefined,
  before: readonly Row[] = [],
): Row[] {
  return new Builder(timeline, me, unreadFrom, before).build();
}

class Builder {
  readonly #timeline: Timeline;
  readonly #me: string;
  readonly #before: readonly Row[];
  readonly #acts = new Map<number, OutboxEntry[]>();
  readonly #rows: Row[] = [];
  #unreadFrom: number | undefined;
  #old = 0;
  #day = NaN;
  #run = { from: "", ts: -Infinity };

  constructor(
    timeline: Timeline,
    me: string,
    unreadFrom: number | undefined,
    before: readonly Row[],
  ) {
    this.#timeline = timeline;
    this.#me = me;
    this.#unreadFrom = unreadFrom;
    this.#before = before;
    for (const entry of timeline.pending) {
      if (entry.act.kind === "send") continue;
      const { seq } = entry.act;
      this.#acts.set(seq, [...(this.#acts.get(seq) ?? []), entry]);
    }
  }

  build(): Row[] {
    const { items, gaps, pending } = this.#timeline;
    let gap = 0;
    for (const item of items) {
      for (; gaps[gap] && gaps[gap]!.from < item.seq; ++gap)
        this.#addGap(gaps[gap]!);
      this.#addItem(item);
    }
    for (; gaps[gap]; ++gap) this.#addGap(gaps[gap]!);
    for (const entry of pending)
      if (entry.act.kind === "send") this.#addUnsent(entry);
    return this.#rows;
  }

  #addGap({ from, to }: { from: number; to: number }): void {
    this.#push({ kind: "gap", at: from, from, to });
    this.#run.ts = -Infinity;
  }

  #addItem(item: Item): void {
    const { seq } = item;
    switch (item.kind) {
      case "msg": {
        this.#addDay(seq, item.ts);
        this.#addUnread(seq, item.from);
        const first = this.#begin(seq, item.from, item.ts);
        const acts = this.#acts.get(seq) ?? NO_ACTS;
        this.#push({ kind: "message", at: seq, message: item, first, acts });
        break;
      }
      case "group":
      case "member":
        this.#addDay(seq, item.ts);
        this.#push({ kind: "event", at: seq, item });
        this.#run.ts = -Infinity;
        break;
      case "lost":
        this.#push({ kind: "event", at: seq, item });
        break;
      case "edited":
      case "deleted":
      case "reacted":
        // Seen at the message that they are about.
        break;
    }
  }

  #addUnsent(entry: OutboxEntry): void {
    const at = UNSENT_FROM + entry.order;
    const first = this.#begin(at, this.#me, entry.created);
    this.#push({ kind: "unsent", at, entry, first });
  }

  /** Before the first message of another that is unread. */
  #addUnread(seq: number, from: string): void {
    if (this.#unreadFrom === undefined || seq < this.#unreadFrom) return;
    if (from === this.#me) return;
    this.#unreadFrom = undefined;
    this.#push({ kind: "unread", at: seq - 0.25 });
    this.#run.ts = -Infinity;
  }

  /** @returns whether this message begins a run of one person's. */
  #begin(at: number, from: string, ts: number): boolean {
    this.#addDay(at, ts);
    const first = this.#run.from !== from || ts - this.#run.ts > RUN_MS;
    this.#run = { from, ts };
    return first;
  }

  #addDay(at: number, ts: number): void {
    const day = dayOf(ts);
    if (day === this.#day) return;
    this.#day = day;
    this.#push({ kind: "day", at: at - 0.5, ts });
    this.#run.ts = -Infinity;
  }

  #push(row: Row): void {
    const before = this.#before;
    while (this.#old < before.length && before[this.#old]!.at < row.at)
      ++this.#old;
    const old = before[this.#old];
    this.#rows.push(old && sameRow(old, row) ? old : row);
  }
}

function sameRow(a: Row, b: Row): boolean {
  if (a.at !== b.at || a.kind !== b.kind) return false;
  const [one, other] = [a, b] as unknown as Record<string, unknown>[];
  return Object.keys(one!).every((key) => {
    const [x, y] = [one![key], other![key]];
    return x === y || (Array.isArray(x) && Array.isArray(y) && same(x, y));
  });
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** Names a row for as long as it is there, sent or not. */
export function keyOf(row: Row): string {
  if (row.kind === "message") return `${row.message.from} ${row.message.cid}`;
  if (row.kind === "unsent") return `me ${row.entry.cid}`;
  return `${row.kind} ${row.at}`;
}
