import type { ClientEvent, EventName, EventOf } from "./api.js";

type Callback = (event: ClientEvent) => void;

/** Tells events to callbacks and to iterators, in the order they happened. */
export class Emitter {
  readonly #callbacks = new Set<Callback>();
  readonly #iterators = new Set<Queue>();

  emit(event: ClientEvent): void {
    for (const each of [...this.#callbacks]) guarded(each, event);
    for (const each of this.#iterators) each.push(event);
  }

  subscribe(callback: Callback): () => void {
    // Wrapped, so that the same function given twice is called twice.
    const own: Callback = (event) => callback(event);
    this.#callbacks.add(own);
    return () => this.#callbacks.delete(own);
  }

  on<K extends EventName>(
    name: K,
    callback: (event: EventOf<K>) => void,
  ): () => void {
    return this.subscribe((event) => {
      if (event.type === name) callback(event as EventOf<K>);
    });
  }

  events(): AsyncIterableIterator<ClientEvent> {
    const queue = new Queue(() => this.#iterators.delete(queue));
    this.#iterators.add(queue);
    return queue;
  }

  close(): void {
    for (const each of [...this.#iterators]) void each.return();
    this.#callbacks.clear();
  }
}

/** A callback that throws must stop neither the others nor the client. */
function guarded(callback: Callback, event: ClientEvent): void {
  try {
    callback(event);
  } catch (why) {
    queueMicrotask(() => {
      throw why;
    });
  }
}

class Queue implements AsyncIterableIterator<ClientEvent> {
  readonly #events: ClientEvent[] = [];
  readonly #waiting: ((x: IteratorResult<ClientEvent>) => void)[] = [];
  readonly #ended: () => void;
  #done = false;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  push(event: ClientEvent): void {
    const next = this.#waiting.shift();
    if (next) next({ value: event, done: false });
    else this.#events.push(event);
  }

  next(): Promise<IteratorResult<ClientEvent>> {
    const value = this.#events.shift();
    if (value) return Promise.resolve({ value, done: false });
    if (this.#done) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<ClientEvent>> {
    this.#done = true;
    this.#ended();
    for (const each of this.#waiting.splice(0))
      each({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
