// One bound among several that a probe has to pass, and the way through them.
//
// A probe in flight is in seven of them when it is a suspect. With a promise chain for each, as a limiter for one bound makes, it kept 220
// objects alive, which was most of what collecting a thread's garbage took; see `passThrough`.

/** So many at once; those that wait come in the order in which they asked. */
export class Lane {
  #limit: number;
  #inside = 0;
  #first: Passage | null = null;
  #last: Passage | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True when there was room; otherwise the passage goes on by itself when its turn comes. */
  enter(passage: Passage): boolean {
    if (this.#inside < this.#limit && this.#first === null) {
      this.#inside += 1;
      return true;
    }
    if (this.#last === null) this.#first = passage;
    else this.#last.behind = passage;
    this.#last = passage;
    return false;
  }

  leave(): void {
    this.#inside -= 1;
    this.letIn();
  }

  /** What is inside stays, also where it is more than that; who waits is let in by `letIn`, when all bounds of a path are set. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  letIn(): void {
    while (this.#first !== null && this.#inside < this.#limit) {
      const next = this.#first;
      this.#first = next.behind;
      if (this.#first === null) this.#last = null;
      next.behind = null;
      this.#inside += 1;
      next.onEntered();
    }
  }
}

/** Somebody on the way through lanes, one after the other; holds those that are passed until it has ended. */
class Passage {
  /** Who waits behind it for the same lane. */
  behind: Passage | null = null;
  readonly #lanes: readonly Lane[];
  readonly #start: () => void;
  #passed = 0;

  constructor(lanes: readonly Lane[], start: () => void) {
    this.#lanes = lanes;
    this.#start = start;
  }

  begin(): void {
    for (;;) {
      const lane = this.#lanes[this.#passed];
      if (lane === undefined) break;
      if (!lane.enter(this)) return;
      this.#passed += 1;
    }
    this.#start();
  }

  onEntered(): void {
    this.#passed += 1;
    this.begin();
  }

  /** The last one first: who waits for the narrowest of them finds all others open. */
  end(): void {
    for (let at = this.#lanes.length - 1; at >= 0; at -= 1) this.#lanes[at]?.leave();
  }
}

/** Runs the task when all lanes have let it in, in this order; resolves with what it returns. */
export function passThrough<T>(lanes: readonly Lane[], task: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => passage.end();
    const passage = new Passage(lanes, () => {
      try {
        const ended = task();
        ended.then(end, end);
        resolve(ended);
      } catch (error) {
        reject(error);
        queueMicrotask(end);
      }
    });
    passage.begin();
  });
}
