import type { SeqRange } from "./api.js";

/** A set of numbers that are mostly consecutive, as ranges that do not touch. */
export class Ranges {
  #ranges: SeqRange[] = [];

  all(): readonly SeqRange[] {
    return this.#ranges;
  }

  get first(): number | undefined {
    return this.#ranges[0]?.from;
  }

  get last(): number | undefined {
    return this.#ranges[this.#ranges.length - 1]?.to;
  }

  add(seq: number): void {
    const i = this.#after(seq);
    const before = this.#ranges[i - 1];
    const next = this.#ranges[i];
    if (before && before.to >= seq) return;
    const from = before && before.to === seq - 1 ? before.from : seq;
    const to = next && next.from === seq + 1 ? next.to : seq;
    const start = from === seq ? i : i - 1;
    const count = (from === seq ? 0 : 1) + (to === seq ? 0 : 1);
    this.#ranges.splice(start, count, { from, to });
  }

  /** What lies between the ranges. */
  gaps(): SeqRange[] {
    const out: SeqRange[] = [];
    for (let i = 1; i < this.#ranges.length; ++i)
      out.push(between(this.#ranges[i - 1]!, this.#ranges[i]!));
    return out;
  }

  /** What of `from` to `to` is not in the set. */
  missing(from: number, to: number): SeqRange[] {
    const out: SeqRange[] = [];
    let next = from;
    for (const x of this.#ranges) {
      if (x.to < next) continue;
      if (x.from > to) break;
      if (x.from > next) out.push({ from: next, to: x.from - 1 });
      next = x.to + 1;
    }
    if (next <= to) out.push({ from: next, to });
    return out;
  }

  /** Index of the first range that starts beyond `seq`. */
  #after(seq: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.from > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function between(a: SeqRange, b: SeqRange): SeqRange {
  return { from: a.to + 1, to: b.from - 1 };
}
