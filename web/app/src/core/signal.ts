/** A value that many look at; for what belongs to the page as a whole. */
export class Signal<T> {
  #value: T;
  readonly #callbacks = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (value === this.#value) return;
    this.#value = value;
    for (const each of [...this.#callbacks]) each();
  }

  readonly subscribe = (callback: () => void): (() => void) => {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  };
}
