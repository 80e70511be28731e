/**
 * Where the rows of a long list are, whose heights are known only of those
 * that were drawn once. Distances are counted from the bottom, since that is
 * where a conversation stands still: what is loaded above moves nothing.
 */
export class RowLayout<R extends { readonly at: number }> {
  readonly #estimate: (row: R) => number;
  readonly #measured = new Map<number, number>();
  #rows: readonly R[] = [];
  /** `#tops[i]`: from the bottom to the upper edge of row i. */
  #tops = new Float64Array(1);
  #stale = true;

  constructor(estimate: (row: R) => number) {
    this.#estimate = estimate;
  }

  set(rows: readonly R[]): void {
    if (rows === this.#rows) return;
    this.#rows = rows;
    this.#stale = true;
  }

  /** @returns whether that is news. */
  measured(at: number, height: number): boolean {
    const before = this.#measured.get(at);
    if (before !== undefined && Math.abs(before - height) < 0.5) return false;
    this.#measured.set(at, height);
    this.#stale = true;
    return true;
  }

  /** Another width: every height is different. */
  forget(): void {
    this.#measured.clear();
    this.#stale = true;
  }

  get total(): number {
    return this.#positions()[0]!;
  }

  topOf(index: number): number {
    return this.#positions()[Math.min(Math.max(index, 0), this.#rows.length)]!;
  }

  bottomOf(index: number): number {
    return this.topOf(index + 1);
  }

  /** The row at this distance from the bottom; the nearest if there is none. */
  indexAt(distance: number): number {
    const tops = this.#positions();
    let low = 0;
    let high = this.#rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle]! > distance) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  /** The row of this `at`, or where it would be. */
  indexOf(at: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #positions(): Float64Array {
    if (!this.#stale) return this.#tops;
    const { length } = this.#rows;
    const tops = new Float64Array(length + 1);
    for (let i = length - 1; i >= 0; --i) {
      const row = this.#rows[i]!;
      const height = this.#measured.get(row.at) ?? this.#estimate(row);
      tops[i] = tops[i + 1]! + height;
    }
    this.#tops = tops;
    this.#stale = false;
    return tops;
  }
}
