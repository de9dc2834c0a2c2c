// What the timetable was before: a binary heap in arrays, with the place of each slot in a Map.

/** Due times in milliseconds of whatever clock the caller uses. */
export class BinaryHeap {
  readonly #slots: number[] = [];
  readonly #dues: number[] = [];
  readonly #places = new Map<number, number>();

  get size(): number {
    return this.#slots.length;
  }

  /** Earliest due time, or null when nothing is planned. */
  nextDueMs(): number | null {
    return this.#dues[0] ?? null;
  }

  dueMs(slot: number): number | null {
    const place = this.#places.get(slot);
    return place === undefined ? null : (this.#dues[place] ?? null);
  }

  /** Plans a slot, or moves its plan. */
  set(slot: number, dueMs: number): void {
    const place = this.#places.get(slot);
    if (place === undefined) {
      this.#put(this.#slots.length, slot, dueMs);
      this.#rise(this.#slots.length - 1);
      return;
    }
    this.#dues[place] = dueMs;
    this.#rise(place);
    this.#sink(this.#places.get(slot) ?? place);
  }

  /** Forgets a slot; nothing happens when it is not planned. */
  remove(slot: number): void {
    const place = this.#places.get(slot);
    if (place === undefined) return;
    const last = this.#slots.length - 1;
    const lastSlot = this.#slots[last] as number;
    const lastDue = this.#dues[last] as number;
    this.#slots.pop();
    this.#dues.pop();
    this.#places.delete(slot);
    if (place === last) return;
    this.#put(place, lastSlot, lastDue);
    this.#rise(place);
    this.#sink(this.#places.get(lastSlot) ?? place);
  }

  /** Takes the next slot that is due at this time out of the timetable, or null. */
  take(nowMs: number): { slot: number; dueMs: number } | null {
    const slot = this.#slots[0];
    const dueMs = this.#dues[0];
    if (slot === undefined || dueMs === undefined || dueMs > nowMs) return null;
    this.remove(slot);
    return { slot, dueMs };
  }

  #put(place: number, slot: number, dueMs: number): void {
    this.#slots[place] = slot;
    this.#dues[place] = dueMs;
    this.#places.set(slot, place);
  }

  #rise(from: number): void {
    const slot = this.#slots[from] as number;
    const due = this.#dues[from] as number;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const parentDue = this.#dues[parent] as number;
      if (parentDue <= due) break;
      this.#put(place, this.#slots[parent] as number, parentDue);
      place = parent;
    }
    this.#put(place, slot, due);
  }

  #sink(from: number): void {
    const slot = this.#slots[from] as number;
    const due = this.#dues[from] as number;
    const count = this.#slots.length;
    let place = from;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= count) break;
      if (child + 1 < count && (this.#dues[child + 1] as number) < (this.#dues[child] as number)) {
        child += 1;
      }
      const childDue = this.#dues[child] as number;
      if (childDue >= due) break;
      this.#put(place, this.#slots[child] as number, childDue);
      place = child;
    }
    this.#put(place, slot, due);
  }
}
