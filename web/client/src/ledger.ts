import type { ClientEvent } from "./api.js";
import type { Model } from "./model.js";
import type { Patch, Store } from "./store.js";

/** Told of each patch after it was stored and taken in. */
export type Committed = (patch: Patch, events: readonly ClientEvent[]) => void;

/**
 * The one way to change what is kept: stored first, then seen. Patches are
 * taken in in the order in which they were committed.
 */
export class Ledger {
  readonly #store: Store;
  readonly #model: Model;
  readonly #committed: Committed;
  #commits: Promise<unknown> = Promise.resolve();
  #turns: Promise<unknown> = Promise.resolve();

  constructor(store: Store, model: Model, committed: Committed = () => {}) {
    this.#store = store;
    this.#model = model;
    this.#committed = committed;
  }

  commit(patch: Patch, events: readonly ClientEvent[] = []): Promise<void> {
    const done = this.#commits.then(async () => {
      await this.#store.commit(patch);
      this.#model.apply(patch, events);
      this.#committed(patch, events);
    });
    this.#commits = done.catch(() => {});
    return done;
  }

  /**
   * Runs `change` when no other one runs, so that what it reads in the model
   * still holds when it commits.
   */
  exclusive<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(change);
    this.#turns = done.catch(() => {});
    return done;
  }

  /** Waits for everything that has been asked for, then closes the store. */
  async close(): Promise<void> {
    await this.#turns;
    await this.#commits;
    await this.#store.close();
  }
}
