// The parser of a connection. An answer that comes whole needs none of its own: one parser serves all connections of the thread, so
// thousands of them are lighter by 2 KB each. An answer in pieces gets its own, brought to the point where the first piece ended.

import type { ParserError } from "node:_http_common";
import { type ParserEvents, ResponseParser } from "./response-parser.ts";

const nobody: ParserEvents = { onHead() {}, onBody() {}, onComplete() {} };

export class AnswerReader {
  static readonly #shared = new ResponseParser(nobody);
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
    if (this.#own !== null) return this.#own.take(bytes);
    const shared = AnswerReader.#shared;
    shared.to = this.#to;
    const taken = shared.take(bytes);
    shared.to = nobody;
    const isWhole = !shared.isOpen && typeof taken === "number";
    if (isWhole && !shared.isSpent) return taken;
    shared.reset();
    if (isWhole || typeof taken !== "number") return taken;
    const own = new ResponseParser(nobody);
    own.take(bytes);
    own.to = this.#to;
    this.#own = own;
    return taken;
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
