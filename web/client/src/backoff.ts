import type { Random } from "./environment.js";

/**
 * Exponential back-off with full jitter below a floor of a quarter: clients
 * that lost the same server do not come back at the same moment.
 */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  readonly #random: Random;
  #attempts = 0;

  constructor(ms: { first: number; most: number }, random: Random) {
    this.#first = ms.first;
    this.#most = ms.most;
    this.#random = random;
  }

  /** How long to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(this.#most, this.#first * 2 ** this.#attempts);
    if (ceiling < this.#most) ++this.#attempts;
    return Math.round(ceiling * (0.25 + 0.75 * this.#random()));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
