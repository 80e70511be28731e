import type { Ack } from "./api.js";
import { ParleyError } from "./errors.js";
import type { Model } from "./model.js";

/** Answers that are remembered, for those who ask late. */
const REMEMBERED = 1000;

interface Waiter {
  resolve(ack: Ack): void;
  reject(why: ParleyError): void;
}

/** Tells those who wait for it what became of an act. */
export class Confirmations {
  readonly #model: Model;
  readonly #acks = new Map<string, Ack>();
  readonly #waiters = new Map<string, Waiter[]>();

  constructor(model: Model) {
    this.#model = model;
    model.emitter.on("acked", ({ ack }) => this.#acked(ack));
    model.emitter.on("outbox", ({ entry, removed }) => {
      if (entry.state === "failed" && !removed)
        this.#refuse(entry.cid, failure(entry.error));
      else if (removed && !this.#acks.has(entry.cid))
        // The confirmation itself follows the removal at once.
        queueMicrotask(() => this.#refuse(entry.cid, discarded()));
    });
  }

  of(cid: string): Promise<Ack> {
    const ack = this.#acks.get(cid);
    if (ack) return Promise.resolve(ack);
    const entry = this.#model.outbox().find((x) => x.cid === cid);
    if (!entry)
      return Promise.reject(new ParleyError("not_found", `no act ${cid}`));
    if (entry.state === "failed") return Promise.reject(failure(entry.error));
    return new Promise((resolve, reject) => {
      const some = this.#waiters.get(cid) ?? [];
      this.#waiters.set(cid, [...some, { resolve, reject }]);
    });
  }

  /** After the outbox was read anew: what became of those that are gone. */
  recheck(): void {
    const queued = new Set(this.#model.outbox().map((x) => x.cid));
    const why = new ParleyError("network", "its confirmation was missed", {
      retryable: true,
    });
    for (const cid of [...this.#waiters.keys()])
      if (!queued.has(cid)) this.#refuse(cid, why);
  }

  close(): void {
    const why = new ParleyError("closed", "the client was closed");
    for (const cid of [...this.#waiters.keys()]) this.#refuse(cid, why);
  }

  #acked(ack: Ack): void {
    this.#acks.set(ack.cid, ack);
    for (const oldest of this.#acks.keys()) {
      if (this.#acks.size <= REMEMBERED) break;
      this.#acks.delete(oldest);
    }
    for (const each of this.#take(ack.cid)) each.resolve(ack);
  }

  #refuse(cid: string, why: ParleyError): void {
    for (const each of this.#take(cid)) each.reject(why);
  }

  #take(cid: string): Waiter[] {
    const all = this.#waiters.get(cid) ?? [];
    this.#waiters.delete(cid);
    return all;
  }
}

function failure(
  error: { code: string; message: string } | undefined,
): ParleyError {
  return new ParleyError(error?.code ?? "internal", error?.message ?? "");
}

function discarded(): ParleyError {
  return new ParleyError("discarded", "the act was discarded");
}
