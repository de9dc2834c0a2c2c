// A set of slots, a bit each.

export class SlotSet {
  #words = new Uint32Array(64);

  has(slot: number): boolean {
    return ((this.#words[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0;
  }

  add(slot: number): void {
    const word = slot >>> 5;
    if (word >= this.#words.length) {
      const larger = new Uint32Array(Math.max(2 * this.#words.length, word + 1));
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (slot & 31));
  }
}
