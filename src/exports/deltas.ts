// Counters as what they grew by since the receiver was told last, for receivers that want that and not the sum. A push goes out in pieces,
// of which some may be taken and others not: each series counts from where it was told last, so nothing is told twice or left out.

export interface Growth {
  readonly by: number;
  /** Unix time in milliseconds. */
  readonly sinceMs: number;
}

interface Told {
  readonly sum: number;
  readonly atMs: number;
}

export class Deltas {
  readonly #told = new Map<string, Told>();
  #asked = new Set<string>();
  #roundMs: number | null = null;
  #previousMs: number | null = null;

  /** A round begins. What was not asked for in the one before is forgotten. */
  begin(atMs: number): void {
    for (const series of this.#told.keys()) {
      if (!this.#asked.has(series)) this.#told.delete(series);
    }
    this.#asked = new Set();
    this.#previousMs = this.#roundMs;
    this.#roundMs = atMs;
  }

  /** Growth since the receiver was told; a sum that went back began anew. Nothing is known of the first round: the next count from it. */
  of(series: string, sum: number): Growth | null {
    this.#asked.add(series);
    const told = this.#told.get(series);
    if (told !== undefined) {
      return { by: sum < told.sum ? sum : sum - told.sum, sinceMs: told.atMs };
    }
    if (this.#previousMs === null) {
      this.took(series, sum);
      return null;
    }
    this.#told.set(series, { sum: 0, atMs: this.#previousMs });
    return { by: sum, sinceMs: this.#previousMs };
  }

  /** The receiver knows of this sum now. */
  took(series: string, sum: number): void {
    this.#told.set(series, { sum, atMs: this.#roundMs ?? 0 });
  }
}
