// The parser of a connection. A usual answer, whole and with a length, needs none of its own: one parser serves all connections of
// the thread, and the body is where the answer ends. Each Buffer that a parser makes of a body costs three objects, and of 15 µs a
// request at 1,024 in flight garbage was 6. All other answers get a parser of their own, which reads them from their beginning.

import type { ParserError } from "node:_http_common";
import { type ParsedHead, type ParserEvents, ResponseParser } from "./response-parser.ts";

/** What the shared parser sees in one piece of bytes. */
const seen = {
  head: null as ParsedHead | null,
  completed: 0,
  onHead(head: ParsedHead) {
    seen.head = head;
  },
  onBody() {},
  onComplete() {
    seen.completed += 1;
  },
};

export class AnswerReader {
  static readonly #shared = new ResponseParser(seen, false);
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
    const shared = AnswerReader.#shared;
    seen.head = null;
    seen.completed = 0;
    const taken = shared.take(bytes);
    const isWhole = taken === bytes.length && seen.completed === 1 && !shared.isOpen;
    if (!isWhole || shared.isSpent) shared.reset();
    const head = seen.head as ParsedHead | null;
    if (!isWhole || head === null || head.status < 200) return false;
    const { "content-length": lengthText, "transfer-encoding": coding } = head.headers;
    if (lengthText === undefined || coding !== undefined) return false;
    const length = Number(lengthText);
    this.#to.onHead(head);
    if (length > 0) this.#to.onBody(bytes, bytes.length - length, bytes.length);
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
