// Counters as what they grew by since the last time, for receivers that want that and not the sum.

/** Keeps the last sums; what is not asked for in one round is forgotten with it. */
export class Deltas {
  #last = new Map<string, number>();
  #next = new Map<string, number>();

  /** Growth since the last round that was kept; a sum that went back began anew. Nothing is known of the first round. */
  of(series: string, sum: number): number | null {
    this.#next.set(series, sum);
    const before = this.#last.get(series);
    if (before === undefined) return this.#last.size === 0 ? null : sum;
    return sum < before ? sum : sum - before;
  }

  /** The round was delivered: the next one counts from here. */
  keep(): void {
    this.#last = this.#next;
    this.#next = new Map();
  }

  /** The round was lost: the next one counts from where this one did. */
  drop(): void {
    this.#next = new Map();
  }
}
