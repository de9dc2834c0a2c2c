// Probes that were let go of while they hung. Nobody waits for their answers any more, but the same question is not asked again
// before they have ended. They are bounded as all probes in flight are.

export class Unfinished {
  readonly #ends = new Map<string, Promise<void>>();

  /** Remembers a probe of this slot until it ends. */
  add(slot: number, question: string, ended: Promise<void>): void {
    const name = nameOf(slot, question);
    // What waits for an older one ends with it, or later.
    this.#ends.set(name, ended);
    void ended.then(() => {
      if (this.#ends.get(name) === ended) this.#ends.delete(name);
    });
  }

  /** The end of a probe that asks the same, or null when there is none. */
  endOf(slot: number, question: string): Promise<void> | null {
    return this.#ends.get(nameOf(slot, question)) ?? null;
  }
}

function nameOf(slot: number, question: string): string {
  return `${slot} ${question}`;
}
