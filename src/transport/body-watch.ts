// The body of an answer for the one who watches it (see HttpRequest.watch): bytes become text as they come, a character that is
// split between two pieces included.

import type { Sight, Watch } from "./transport.ts";

export class BodyWatch {
  readonly #watch: Watch;
  readonly #decoder = new TextDecoder();
  seen: Sight | null = null;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** True when something is seen for the first time. */
  take(bytes: Uint8Array): boolean {
    if (this.seen !== null) return false;
    this.seen = this.#watch(this.#decoder.decode(bytes, { stream: true }));
    return this.seen !== null;
  }
}
