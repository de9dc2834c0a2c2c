// A hierarchical timing wheel (Varghese and Lauck, 1987) for comparison: four levels of 256 buckets, one tick a millisecond, lists of
// slots in typed arrays and bits for the buckets that hold something. Setting, moving and taking cost the same in any fleet.

const bits = 8;
const buckets = 1 << bits;
const levels = 4;
const none = -1;

export class TimingWheel {
  #next = new Int32Array(1024).fill(none);
  #previous = new Int32Array(1024).fill(none);
  #bucketOf = new Int32Array(1024).fill(none);
  #dues = new Float64Array(1024);
  readonly #heads = new Int32Array(buckets * levels).fill(none);
  readonly #occupied = new Int32Array((buckets * levels) >> 5);
  #tick = 0;
  #size = 0;

  /** The earliest time at which something may be due. */
  nextDueMs(): number | null {
    if (this.#size === 0) return null;
    for (let level = 0; level < levels; level += 1) {
      const at = this.#firstFrom(level, (this.#tick >>> (level * bits)) & (buckets - 1));
      if (at === none) continue;
      const turn = this.#tick >>> ((level + 1) * bits);
      return (((turn << bits) | at) << (level * bits)) >>> 0;
    }
    return null;
  }

  set(slot: number, dueMs: number): void {
    this.#makeRoom(slot);
    if (this.#bucketOf[slot] === none) this.#size += 1;
    else this.#unlink(slot);
    this.#dues[slot] = dueMs;
    this.#link(slot);
  }

  take(nowMs: number): { slot: number; dueMs: number } | null {
    for (;;) {
      const next = this.nextDueMs();
      if (next === null || next > nowMs) return null;
      if (next > this.#tick) this.#advance(next);
      const slot = this.#heads[this.#tick & (buckets - 1)] as number;
      if (slot === none) continue;
      this.#unlink(slot);
      this.#size -= 1;
      return { slot, dueMs: this.#dues[slot] as number };
    }
  }

  #link(slot: number): void {
    const tick = Math.max(this.#tick, Math.ceil(this.#dues[slot] as number));
    const level = (31 - Math.clz32((tick ^ this.#tick) | 1)) >> 3;
    const bucket = level * buckets + ((tick >>> (level * bits)) & (buckets - 1));
    const head = this.#heads[bucket] as number;
    this.#next[slot] = head;
    this.#previous[slot] = none;
    if (head !== none) this.#previous[head] = slot;
    this.#heads[bucket] = slot;
    this.#bucketOf[slot] = bucket;
    this.#occupied[bucket >> 5] = (this.#occupied[bucket >> 5] as number) | (1 << (bucket & 31));
  }

  #unlink(slot: number): void {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (next !== none) this.#previous[next] = previous;
    if (previous === none) this.#setHead(this.#bucketOf[slot] as number, next);
    else this.#next[previous] = next;
    this.#bucketOf[slot] = none;
  }

  #setHead(bucket: number, slot: number): void {
    this.#heads[bucket] = slot;
    if (slot !== none) return;
    this.#occupied[bucket >> 5] = (this.#occupied[bucket >> 5] as number) & ~(1 << (bucket & 31));
  }

  /** The first bucket of a level, from this place on, that holds something. */
  #firstFrom(level: number, place: number): number {
    const end = ((level + 1) * buckets) >> 5;
    let word = (level * buckets + place) >> 5;
    let left = (this.#occupied[word] as number) & (-1 << (place & 31));
    while (left === 0) {
      word += 1;
      if (word >= end) return none;
      left = this.#occupied[word] as number;
    }
    return (word << 5) + (31 - Math.clz32(left & -left)) - level * buckets;
  }

  /** Moves time on; what was in a bucket of a higher level spreads over the lower ones. */
  #advance(tick: number): void {
    const before = this.#tick;
    this.#tick = tick;
    for (let level = levels - 1; level > 0; level -= 1) {
      if (before >>> (level * bits) === tick >>> (level * bits)) continue;
      const bucket = level * buckets + ((tick >>> (level * bits)) & (buckets - 1));
      let slot = this.#heads[bucket] as number;
      this.#setHead(bucket, none);
      while (slot !== none) {
        const next = this.#next[slot] as number;
        this.#link(slot);
        slot = next;
      }
    }
  }

  #makeRoom(slot: number): void {
    const room = this.#dues.length;
    if (slot < room) return;
    let wanted = room;
    while (wanted <= slot) wanted *= 2;
    const grown = (from: Int32Array) => {
      const to = new Int32Array(wanted).fill(none);
      to.set(from);
      return to;
    };
    this.#next = grown(this.#next);
    this.#previous = grown(this.#previous);
    this.#bucketOf = grown(this.#bucketOf);
    const dues = new Float64Array(wanted);
    dues.set(this.#dues);
    this.#dues = dues;
  }
}
