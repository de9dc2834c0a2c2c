// Answers that are worked out once: what is asked of a large fleet's deployments is nearly always the same.

/** Far more than there are models at providers; who has more works some of them out again. */
const keptMax = 10_000;

export class Remembered<Answer> {
  readonly #known = new Map<string, Answer>();

  /** The answer for this key, worked out when it is asked for the first time. */
  of(key: string, work: () => Answer): Answer {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = work();
    if (this.#known.size >= keptMax) this.#known.clear();
    this.#known.set(key, answer);
    return answer;
  }
}
