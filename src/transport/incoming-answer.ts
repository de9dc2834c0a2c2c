// An answer that does not come whole (see whole-answer.ts): its head, and then its body in pieces, of which no more is kept than the bound.

import { Answer } from "./answer.ts";
import { BodyBytes, isPlain } from "./body.ts";
import { BodyWatch } from "./body-watch.ts";
import type { ParsedHead } from "./response-parser.ts";
import type { HttpRequest } from "./transport.ts";

export class IncomingAnswer {
  readonly head: ParsedHead;
  isComplete = false;
  readonly #bodyBytesMax: number;
  readonly #watch: BodyWatch | null;
  #body: BodyBytes | null = null;
  #bodyBytes = 0;

  constructor(head: ParsedHead, bodyBytesMax: number, watch: HttpRequest["watch"]) {
    this.head = head;
    this.#bodyBytesMax = bodyBytesMax;
    const isWatched =
      watch !== undefined && head.status >= 200 && head.status < 300 && isPlain(head.encoding);
    this.#watch = isWatched ? new BodyWatch(watch()) : null;
  }

  get isWatched(): boolean {
    return this.#watch !== null;
  }

  /** Its watcher has seen what it waits for. */
  get isSeen(): boolean {
    return this.#watch !== null && this.#watch.seen !== null;
  }

  /** There is more of the body than may be kept. */
  get isOver(): boolean {
    return this.#bodyBytes > this.#bodyBytesMax;
  }

  /** True when its watcher sees the first token in this piece. */
  add(bytes: Buffer, from: number, to: number): boolean {
    // What follows a complete answer is not of it.
    if (this.isComplete) return false;
    const room = this.#bodyBytesMax - this.#bodyBytes;
    const end = Math.min(to, from + room);
    this.#bodyBytes += to - from;
    if (room <= 0) return false;
    this.#body ??= new BodyBytes();
    this.#body.add(bytes, from, end);
    return this.#watch?.take(bytes.subarray(from, end)) === true && this.#watch.seen === "token";
  }

  /** What has come of it; `truncated` when more was to come. Throws what the decoder throws. */
  answer(truncated: boolean): Answer {
    const body = this.#body?.text(this.head.encoding, this.#bodyBytesMax, truncated) ?? "";
    return new Answer(this.head, body, truncated);
  }
}
