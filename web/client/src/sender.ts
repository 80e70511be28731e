import type { OutboxEntry } from "./api.js";
import type { Connection } from "./connection.js";
import { Dispatch } from "./dispatch.js";
import type { Environment, TimerHandle } from "./environment.js";
import { ParleyError } from "./errors.js";
import type { Happening } from "./intake.js";
import type { Model } from "./model.js";
import { errorOf, pick, type WireObject } from "./wire.js";

/** An act without an answer for so long goes out again. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Brings the acts of the outbox to the server. */
export class Sender {
  readonly #env: Environment;
  readonly #model: Model;
  readonly #dispatch: Dispatch;
  /** By `id` of this connection. */
  readonly #sent = new Map<number, OutboxEntry>();
  #connection: Connection | undefined;
  #timer: TimerHandle;

  constructor(env: Environment, model: Model) {
    this.#env = env;
    this.#model = model;
    this.#dispatch = new Dispatch(env.random);
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.pump();
  }

  /** @returns what the close says about acts that were under way. */
  detach(code: number): Happening[] {
    const refused = this.#refusedBy(code);
    this.#connection = undefined;
    this.#sent.clear();
    this.#dispatch.lost();
    this.#env.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    return refused;
  }

  /** Sends what may go out; to be called when anything is different. */
  pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    const now = this.#env.clock.now();
    this.#dispatch.giveUpWaiting(now, ANSWER_TIMEOUT_MS);
    const entries = this.#model.outbox();
    for (const entry of this.#dispatch.due(entries, now)) {
      const id = connection.nextId();
      this.#sent.set(id, entry);
      this.#dispatch.sent(entry, now);
      connection.post(wireOf(entry, id));
    }
    this.#wakeLater(entries, now);
  }

  /** The answer to an act, as something to take in; nothing if it must wait. */
  answered(x: WireObject): Happening | undefined {
    const entry = x.id === undefined ? undefined : this.#sent.get(x.id);
    if (!entry) return undefined;
    if (x.t !== "error") {
      this.#forget(entry.cid);
      return { is: "ack", entry, ack: ackOf(entry, x) };
    }
    const why = errorOf(x);
    this.#sent.delete(x.id!);
    if (!why.retryable) return { is: "refusal", entry, why };
    this.#dispatch.refused(entry, why, this.#env.clock.now());
    this.pump();
    return undefined;
  }

  /** An answer has been taken in, or the act is no longer wanted. */
  settled(conv: string, cid: string): void {
    this.#dispatch.settled(conv, cid);
  }

  /** An act may have been sent twice; its first answer is the answer. */
  #forget(cid: string): void {
    for (const [id, entry] of this.#sent)
      if (entry.cid === cid) this.#sent.delete(id);
  }

  /** After a frame that the server cannot take, it must not come again. */
  #refusedBy(code: number): Happening[] {
    if (code !== 1003 && code !== 1007 && code !== 1009) return [];
    const why = new ParleyError(
      code === 1009 ? "too_large" : "bad_frame",
      `the server closed the connection with ${code}`,
    );
    const underWay = new Set(this.#dispatch.underWay());
    return this.#model
      .outbox()
      .filter((entry) => underWay.has(entry.cid))
      .map((entry) => ({ is: "refusal", entry, why }));
  }

  #wakeLater(entries: readonly OutboxEntry[], now: number): void {
    const { clock } = this.#env;
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = Math.min(
      this.#dispatch.wakeAt(entries) ?? Infinity,
      this.#sent.size > 0 ? now + ANSWER_TIMEOUT_MS : Infinity,
    );
    if (at === Infinity) return;
    // What is due and did not go out waits for another answer.
    const wait = Math.max(at - now, 50);
    this.#timer = clock.setTimeout(() => this.pump(), wait);
  }
}

function wireOf(
  entry: OutboxEntry,
  id: number,
): { t: string } & Record<string, unknown> {
  const { cid, conv, act } = entry;
  const head = { id, cid, conv };
  switch (act.kind) {
    case "send": {
      const replyTo = pick("reply_to", act.replyTo);
      return { t: "send", ...head, body: act.body, ...replyTo };
    }
    case "edit":
      return { t: "edit", ...head, seq: act.seq, body: act.body };
    case "delete":
      return { t: "delete", ...head, seq: act.seq };
    case "react": {
      const { seq, emoji, on } = act;
      return { t: "react", ...head, seq, emoji, on };
    }
  }
}

function ackOf(entry: OutboxEntry, x: WireObject) {
  return {
    cid: entry.cid,
    conv: x["conv"] as string,
    seq: x["seq"] as number,
    ts: x["ts"] as number,
    dup: x["dup"] === true,
  };
}
