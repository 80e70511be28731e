import type { Item, MessageItem, ReactedItem, SeqRange } from "./api.js";
import { Ranges } from "./ranges.js";
import type { StoredItem } from "./store.js";

/**
 * The entries of one conversation that are here. Merging is split in two: what
 * a merge would change is planned first, so that it can be stored before it is
 * seen.
 */
export class Rows {
  readonly #rows = new Map<number, StoredItem>();
  readonly #ranges = new Ranges();
  /** By message, the entries that are about it. */
  readonly #acts = new Map<number, number[]>();
  #items: readonly Item[] | undefined;

  get(seq: number): StoredItem | undefined {
    return this.#rows.get(seq);
  }

  get first(): number | undefined {
    return this.#ranges.first;
  }

  get last(): number | undefined {
    return this.#ranges.last;
  }

  /** By rising `seq`; the same array until something changes. */
  items(): readonly Item[] {
    if (this.#items) return this.#items;
    const out: Item[] = [];
    for (const { from, to } of this.#ranges.all())
      for (let seq = from; seq <= to; ++seq)
        out.push(this.#rows.get(seq)!.item);
    return (this.#items = out);
  }

  /** What is missing between the entries, and after them up to `lastSeq`. */
  gaps(lastSeq: number): SeqRange[] {
    const out = this.#ranges.gaps();
    const last = this.#ranges.last;
    if (last !== undefined && last < lastSeq)
      out.push({ from: last + 1, to: lastSeq });
    return out;
  }

  missing(from: number, to: number): SeqRange[] {
    return this.#ranges.missing(from, to);
  }

  /** Takes in rows as a plan gave them. */
  put(rows: readonly StoredItem[]): void {
    for (const row of rows) {
      const { item } = row;
      if (!this.#rows.has(item.seq) && isAct(item)) this.#addAct(item);
      this.#rows.set(item.seq, row);
      this.#ranges.add(item.seq);
    }
    if (rows.length > 0) this.#items = undefined;
  }

  /**
   * What becomes different when `incoming` are taken in. An entry that is here
   * already is dropped by its number, unless it tells something newer.
   */
  plan(incoming: readonly StoredItem[]): StoredItem[] {
    const fresh = new Map<number, StoredItem>();
    const touched = new Set<number>();
    for (const row of incoming) {
      const { item } = row;
      const known = fresh.get(item.seq) ?? this.#rows.get(item.seq);
      if (known && !isNewer(row, known)) continue;
      fresh.set(item.seq, row);
      if (item.kind === "msg") touched.add(item.seq);
      else if (isAct(item)) touched.add(item.ref);
    }
    for (const seq of touched) this.#settle(seq, fresh);
    return [...fresh.values()];
  }

  /** Applies to a message what is known about it and is not in it yet. */
  #settle(seq: number, fresh: Map<number, StoredItem>): void {
    const row = fresh.get(seq) ?? this.#rows.get(seq);
    if (!row || row.item.kind !== "msg") return;
    const acts = this.#actsOn(seq, fresh);
    let message = row.item;
    for (const act of acts)
      if (act.seq > row.asOf) message = applyAct(message, act);
    if (message !== row.item) fresh.set(seq, { item: message, asOf: row.asOf });
    if (!message.deleted) return;
    for (const act of acts)
      if (act.kind === "edited" && !act.deleted)
        fresh.set(act.seq, { item: withoutBody(act), asOf: row.asOf });
  }

  #actsOn(seq: number, fresh: Map<number, StoredItem>): ActItem[] {
    const out = new Map<number, ActItem>();
    for (const at of this.#acts.get(seq) ?? []) {
      const item = (fresh.get(at) ?? this.#rows.get(at))?.item;
      if (item && isAct(item)) out.set(at, item);
    }
    for (const { item } of fresh.values())
      if (isAct(item) && item.ref === seq) out.set(item.seq, item);
    return [...out.values()].sort((a, b) => a.seq - b.seq);
  }

  #addAct(item: ActItem): void {
    const acts = this.#acts.get(item.ref);
    if (acts) acts.push(item.seq);
    else this.#acts.set(item.ref, [item.seq]);
  }
}

type ActItem = Extract<Item, { ref: number }>;

function isAct(item: Item): item is ActItem {
  return "ref" in item;
}

/** Whether a row tells more than the one of the same number that is here. */
function isNewer(row: StoredItem, known: StoredItem): boolean {
  if (row.item.kind === "msg") return row.asOf > known.asOf;
  return "deleted" in row.item && !("deleted" in known.item);
}

function applyAct(message: MessageItem, act: ActItem): MessageItem {
  if (message.deleted) return message;
  switch (act.kind) {
    case "edited":
      // A message that was replayed may show a later edit already.
      if (act.body === undefined || (message.editedTs ?? 0) > act.ts)
        return message;
      if (message.body === act.body && message.editedTs === act.ts)
        return message;
      return { ...message, body: act.body, editedTs: act.ts };
    case "deleted":
      return tombstone(message);
    case "reacted":
      return react(message, act);
  }
}

function tombstone(message: MessageItem): MessageItem {
  const { body, reactions, editedTs, ...rest } = message;
  return { ...rest, deleted: true };
}

function react(message: MessageItem, act: ReactedItem): MessageItem {
  const before = message.reactions?.[act.emoji] ?? [];
  if (before.includes(act.from) === act.on) return message;
  const users = act.on
    ? [...before, act.from]
    : before.filter((user) => user !== act.from);
  const { [act.emoji]: _, ...others } = message.reactions ?? {};
  const reactions =
    users.length > 0 ? { ...message.reactions, [act.emoji]: users } : others;
  if (Object.keys(reactions).length > 0) return { ...message, reactions };
  const { reactions: __, ...bare } = message;
  return bare;
}

function withoutBody(item: Extract<Item, { kind: "edited" }>): Item {
  const { body, ...rest } = item;
  return { ...rest, deleted: true };
}
