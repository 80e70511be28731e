/** What the server tells, as changes of a draft. */
import type { Ack, Item, OutboxEntry } from "./api.js";
import { countUnread, type Draft } from "./draft.js";
import type { ParleyError } from "./errors.js";
import type { Model } from "./model.js";
import { pick } from "./wire.js";

/**
 * A durable event. `countedTo`: messages up to there are in the count of
 * unread ones already, which the list of conversations gave.
 */
export function takeEvent(
  draft: Draft,
  item: Item,
  me: string,
  countedTo: number,
): void {
  const known = draft.has(item.conv, item.seq);
  draft.add({ item, asOf: item.seq });
  if (known) return;
  if (item.kind === "msg") {
    const { readSeq, unread } = draft.conversation(item.conv);
    if (item.from !== me && item.seq > Math.max(readSeq, countedTo))
      draft.update(item.conv, { unread: unread + 1 });
    draft.events.push({ type: "message", conv: item.conv, message: item });
  } else if (item.kind === "group") {
    takeGroup(draft, item);
  } else if (item.kind === "member" && item.user === me) {
    if (item.change !== "role")
      draft.update(item.conv, { left: item.change !== "added" });
  }
}

function takeGroup(draft: Draft, item: Extract<Item, { kind: "group" }>): void {
  const { lastTs } = draft.conversation(item.conv);
  draft.update(item.conv, {
    ...pick("name", item.name),
    // A group without a message stands where it was made.
    ...(lastTs === 0 && { lastTs: item.ts }),
    ...(item.deleted && { left: true }),
    ...(item.members && { left: false }),
  });
}

/** The server has an act of ours: its entry takes its place. */
export function takeAck(
  draft: Draft,
  entry: OutboxEntry,
  ack: Ack,
  me: string,
): void {
  draft.unqueue(entry.cid);
  draft.events.push({ type: "acked", ack });
  // Of an act that is no message, `dup` may name the entry of another one;
  // its own comes, or came, as an event.
  if (ack.dup && entry.act.kind !== "send") return;
  // One that the server had before may have been edited since: whatever else
  // tells of it is newer.
  const asOf = ack.dup ? ack.seq - 1 : ack.seq;
  draft.add({ item: itemOfAct(entry, ack, me), asOf });
}

function itemOfAct(entry: OutboxEntry, ack: Ack, me: string): Item {
  const { act } = entry;
  const head = { conv: ack.conv, seq: ack.seq, from: me, ts: ack.ts };
  switch (act.kind) {
    case "send": {
      const { body } = act;
      const replyTo = pick("replyTo", act.replyTo);
      return { kind: "msg", ...head, cid: entry.cid, body, ...replyTo };
    }
    case "edit":
      return { kind: "edited", ...head, ref: act.seq, body: act.body };
    case "delete":
      return { kind: "deleted", ...head, ref: act.seq };
    case "react": {
      const { emoji, on } = act;
      return { kind: "reacted", ...head, ref: act.seq, emoji, on };
    }
  }
}

/** The server will never do it. */
export function takeRefusal(
  draft: Draft,
  entry: OutboxEntry,
  why: ParleyError,
): void {
  const error = { code: why.code, message: why.message };
  draft.queue({ ...entry, state: "failed", error });
}

/** One has read up to `seq`, here or elsewhere. */
export function takeRead(
  draft: Draft,
  model: Model,
  conv: string,
  seq: number,
  me: string,
): void {
  const now = draft.conversation(conv);
  const to = Math.min(seq, now.lastSeq);
  if (to <= now.readSeq) return;
  const items = model.rows(conv)?.items() ?? [];
  const unread = to >= (now.last?.seq ?? 0) ? 0 : countUnread(items, to, me);
  draft.update(conv, { readSeq: to, unread });
}
