// The parser of a connection. A usual answer, whole and with a length, needs none of its own: one parser serves all connections of
// the thread, and makes nothing of the bytes but a judgement. All other answers get a parser of their own, which reads them
// from their beginning.

import type { ParserError } from "node:_http_common";
import { type ParserEvents, ResponseParser } from "./response-parser.ts";
import { WholeAnswerCheck } from "./whole-answer.ts";

export class AnswerReader {
  static readonly #check = new WholeAnswerCheck();
  readonly #to: ParserEvents;
  #own: ResponseParser | null = null;

  constructor(to: ParserEvents) {
    this.#to = to;
  }

  /** The next answer may end HTTP on this connection (see ResponseParser). */
  expectSwitch(): void {
    this.#own ??= new ResponseParser(this.#to);
    this.#own.expectSwitch();
  }

  /** The number of bytes that belonged to HTTP, or what is wrong with them. */
  take(bytes: Buffer): number | ParserError {
    if (this.#own === null && this.#takeWhole(bytes)) return bytes.length;
    this.#own ??= new ResponseParser(this.#to);
    return this.#own.take(bytes);
  }

  /** Takes a usual answer that is these bytes, no more and no less; of anything else nothing is heard. */
  #takeWhole(bytes: Buffer): boolean {
    const whole = AnswerReader.#check.take(bytes);
    if (whole === null) return false;
    this.#to.onHead(whole.head);
    if (whole.bodyAt < bytes.length) this.#to.onBody(bytes, whole.bodyAt, bytes.length);
    this.#to.onComplete();
    return true;
  }

  /** The server has sent its last byte (see ResponseParser). */
  end(): ParserError | null {
    return this.#own?.end() ?? null;
  }

  close(): void {
    this.#own?.close();
    this.#own = null;
  }
}
