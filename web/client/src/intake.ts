import type { Ack, OutboxEntry } from "./api.js";
import type { Connection } from "./connection.js";
import { Draft } from "./draft.js";
import type { Clock, TimerHandle } from "./environment.js";
import type { ParleyError } from "./errors.js";
import { takeAck, takeEvent, takeRead, takeRefusal } from "./happenings.js";
import type { Ledger } from "./ledger.js";
import type { Model } from "./model.js";
import { isDurable, itemOf, type WireObject } from "./wire.js";

/** Happenings that are stored in one go. */
const BATCH_MAX = 256;
/** Events, and characters of them, after which `recv` does not wait. */
const RECV_EVENTS = 64;
const RECV_CHARS = 256 * 1024;
const RECV_DELAY_MS = 150;

/** One thing that happened, in the order of the wire. */
export type Happening =
  | { readonly is: "object"; readonly x: WireObject }
  | { readonly is: "ack"; readonly entry: OutboxEntry; readonly ack: Ack }
  | {
      readonly is: "refusal";
      readonly entry: OutboxEntry;
      readonly why: ParleyError;
    };

export interface IntakeEvents {
  /** These have been stored and are seen. */
  taken(all: readonly Happening[]): void;
  /** Nothing of these was taken: they have to come again. */
  failed(why: unknown): void;
  /** Up to which `seq` the list's count of unread messages reaches. */
  countedTo(conv: string): number;
}

/**
 * Takes in what a session brings, strictly in order: what has come meanwhile
 * is stored together, with the place in the inbox it reaches to, and only then
 * reported to the server by `recv`. So a crash at any moment loses nothing.
 */
export class Intake {
  readonly #model: Model;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #me: () => string;
  readonly #events: IntakeEvents;
  #queue: Happening[] = [];
  #working: Promise<void> | undefined;
  #connection: Connection | undefined;
  #owedEvents = 0;
  #owedChars = 0;
  #timer: TimerHandle;

  constructor(
    parts: { model: Model; ledger: Ledger; clock: Clock },
    me: () => string,
    events: IntakeEvents,
  ) {
    this.#model = parts.model;
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#me = me;
    this.#events = events;
  }

  /** From now on this connection is reported to. */
  attach(connection: Connection): void {
    this.#connection = connection;
  }

  push(happenings: readonly Happening[]): void {
    if (happenings.length === 0) return;
    this.#queue.push(...happenings);
    this.#working ??= this.#work();
  }

  /** Resolves when everything that came has been taken in. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#queue.length > 0)
        await this.#ledger.exclusive(() => this.#takeBatch());
    } catch (why) {
      this.#queue = [];
      this.#events.failed(why);
    } finally {
      this.#working = undefined;
    }
  }

  async #takeBatch(): Promise<void> {
    const batch = this.#nextBatch();
    const convs = new Set(batch.flatMap(convOf));
    await Promise.all([...convs].map((conv) => this.#model.loadRows(conv)));
    const draft = new Draft(this.#model, this.#me());
    for (const each of batch) this.#take(draft, each);
    await this.#ledger.commit(draft.patch(), draft.events);
    this.#events.taken(batch);
    this.#owe(batch);
  }

  /** A reset stands alone: what it discards must not be in its patch. */
  #nextBatch(): Happening[] {
    const reset = this.#queue.findIndex(isReset);
    const count = reset < 0 ? BATCH_MAX : reset === 0 ? 1 : reset;
    return this.#queue.splice(0, Math.min(count, BATCH_MAX));
  }

  #take(draft: Draft, what: Happening): void {
    const me = this.#me();
    if (what.is === "ack") takeAck(draft, what.entry, what.ack, me);
    else if (what.is === "refusal") takeRefusal(draft, what.entry, what.why);
    else this.#takeObject(draft, what.x, me);
  }

  #takeObject(draft: Draft, x: WireObject, me: string): void {
    const useq = x["useq"] as number;
    if (x.t === "caught_up") {
      draft.received(useq);
    } else if (x.t === "reset") {
      const ahead = x["reason"] === "ahead";
      draft.startOver(useq, ahead ? "conversations" : "items");
      const reason = ahead ? "ahead" : "too_far";
      draft.events.push({ type: "reset", reason });
    } else if (x.t === "read") {
      const conv = x["conv"] as string;
      takeRead(draft, this.#model, conv, x["seq"] as number, me);
    } else if (isDurable(x)) {
      draft.received(useq);
      const item = itemOf(x);
      if (item) takeEvent(draft, item, me, this.#events.countedTo(item.conv));
    }
  }

  /** Reports what has been stored, soon, or at once if it is much. */
  #owe(batch: readonly Happening[]): void {
    for (const each of batch) {
      if (each.is !== "object" || typeof each.x["useq"] !== "number") continue;
      ++this.#owedEvents;
      const body = each.x["body"];
      if (typeof body === "string") this.#owedChars += body.length;
    }
    if (this.#owedEvents >= RECV_EVENTS || this.#owedChars >= RECV_CHARS)
      this.#report();
    else if (this.#owedEvents > 0)
      this.#timer ??= this.#clock.setTimeout(
        () => this.#report(),
        RECV_DELAY_MS,
      );
  }

  #report(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#owedEvents = this.#owedChars = 0;
    const useq = this.#model.useq;
    if (useq !== undefined) this.#connection?.post({ t: "recv", useq });
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function convOf(what: Happening): string[] {
  if (what.is !== "object") return [what.entry.conv];
  const conv = what.x["conv"];
  return typeof conv === "string" ? [conv] : [];
}

function isReset(what: Happening): boolean {
  return what.is === "object" && what.x.t === "reset";
}
