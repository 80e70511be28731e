import type { OutboxEntry } from "./api.js";
import { Backoff } from "./backoff.js";
import type { Random } from "./environment.js";
import type { ParleyError } from "./errors.js";

/** Acts under way at once, each in another conversation. */
const UNDER_WAY_MAX = 64;
const RETRY_MS = { first: 500, most: 30_000 };

/**
 * Decides which acts of the outbox go out when. One conversation has one act
 * under way, and the next follows its answer: so their order holds whatever is
 * refused, lost or sent again.
 */
export class Dispatch {
  readonly #random: Random;
  /** By conversation: the act under way, and since when. */
  readonly #underWay = new Map<string, { cid: string; since: number }>();
  readonly #heldUntil = new Map<string, number>();
  readonly #backoffs = new Map<string, Backoff>();
  #allHeldUntil = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The acts that may go out now. */
  due(entries: readonly OutboxEntry[], now: number): OutboxEntry[] {
    if (now < this.#allHeldUntil) return [];
    const out: OutboxEntry[] = [];
    for (const head of heads(entries)) {
      if (this.#underWay.size + out.length >= UNDER_WAY_MAX) break;
      const held = this.#heldUntil.get(head.conv) ?? 0;
      if (!this.#underWay.has(head.conv) && held <= now) out.push(head);
    }
    return out;
  }

  /** When something that waits is due; undefined if nothing waits. */
  wakeAt(entries: readonly OutboxEntry[]): number | undefined {
    let at: number | undefined;
    for (const head of heads(entries)) {
      if (this.#underWay.has(head.conv)) continue;
      const held = this.#heldUntil.get(head.conv) ?? 0;
      const due = Math.max(held, this.#allHeldUntil);
      at = Math.min(at ?? due, due);
    }
    return at;
  }

  sent(entry: OutboxEntry, now: number): void {
    this.#underWay.set(entry.conv, { cid: entry.cid, since: now });
  }

  /** The act was answered, or is no longer wanted. */
  settled(conv: string, cid: string): void {
    if (this.#underWay.get(conv)?.cid === cid) this.#underWay.delete(conv);
    this.#heldUntil.delete(conv);
    this.#backoffs.delete(cid);
  }

  /** The server asks for patience: the same act again, later. */
  refused(entry: OutboxEntry, why: ParleyError, now: number): void {
    this.#underWay.delete(entry.conv);
    let backoff = this.#backoffs.get(entry.cid);
    if (!backoff) {
      backoff = new Backoff(RETRY_MS, this.#random);
      this.#backoffs.set(entry.cid, backoff);
    }
    const until = now + Math.max(backoff.next(), why.retryAfterMs ?? 0);
    this.#heldUntil.set(entry.conv, until);
    // A rate is the session's, whatever the conversation.
    if (why.code === "rate_limited")
      this.#allHeldUntil = now + (why.retryAfterMs ?? 0);
  }

  /** The connection is gone: what was under way goes out again. */
  lost(): void {
    this.#underWay.clear();
    this.#allHeldUntil = 0;
  }

  /** Acts that wait for an answer for `ms` and more: they go out again. */
  giveUpWaiting(now: number, ms: number): void {
    for (const [conv, { since }] of this.#underWay)
      if (now - since >= ms) this.#underWay.delete(conv);
  }

  underWay(): string[] {
    return [...this.#underWay.values()].map((x) => x.cid);
  }
}

/** The first act of each conversation that has not failed, in their order. */
function heads(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const first = new Map<string, OutboxEntry>();
  for (const entry of entries)
    if (entry.state === "queued" && !first.has(entry.conv))
      first.set(entry.conv, entry);
  return [...first.values()];
}
