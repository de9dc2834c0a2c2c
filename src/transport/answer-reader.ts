// The parser of a connection. A usual answer, whole and with a length, needs none. All other answers get a parser of their own, which
// reads them from their beginning.

import type { ParserError } from "node:_http_common";
import { type ParserEvents, ResponseParser } from "./response-parser.ts";
import { type WholeAnswer, wholeAnswerOf } from "./whole-answer.ts";

export class AnswerReader {
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

  /** A usual answer that is these bytes, no more and no less; else null, and the bytes are still to be taken. */
  takeWhole(bytes: Buffer): WholeAnswer | null {
    return this.#own === null ? wholeAnswerOf(bytes) : null;
  }

  /** The number of bytes that belonged to HTTP, or what is wrong with them. */
  take(bytes: Buffer): number | ParserError {
    this.#own ??= new ResponseParser(this.#to);
    return this.#own.take(bytes);
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
