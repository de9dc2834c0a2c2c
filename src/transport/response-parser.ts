// Bytes to an HTTP/1.1 answer, by llhttp, the parser of Node and of Bun's node:http, strict as it is there. It is reached through
// the runtime's internal binding because no package has it natively: 0.75 µs for a usual answer, http-parser-js takes 4.2.

import { HTTPParser, type ParserError } from "node:_http_common";
import { headersOf } from "./headers.ts";

export interface ParsedHead {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body. */
  readonly encoding: string | undefined;
  /** The connection may be used again when the message is complete. */
  readonly keepAlive: boolean;
}

export interface ParserEvents {
  /** The head of an answer, informational ones (1xx) left out. */
  onHead(head: ParsedHead): void;
  /** A part of the body: these of the bytes. */
  onBody(bytes: Buffer, from: number, to: number): void;
  onComplete(): void;
}

export const headerBytesMax = 64 * 1024;
/** Answers of class 1xx before the real one; a server that sends more never comes to it. */
const informationalMax = 32;

const events = {
  headers: HTTPParser.kOnHeaders | 0,
  head: HTTPParser.kOnHeadersComplete | 0,
  body: HTTPParser.kOnBody | 0,
  complete: HTTPParser.kOnMessageComplete | 0,
} as const;
/** What the head's callback answers. */
const follow = { body: 0, noBody: 1, noMessage: 2 } as const;
const strict = 0;

export class ResponseParser {
  readonly #parser = new HTTPParser();
  /** The request that is being answered was a CONNECT or asked for another protocol: a success ends HTTP here. */
  #switches = false;

  constructor(to: ParserEvents) {
    const parser = this.#parser;
    let pairs: string[] = [];
    let informational = 0;
    let skipped = false;
    // Long lists of headers come in pieces.
    parser[events.headers] = (more: string[]) => {
      pairs.push(...more);
    };
    parser[events.head] = (
      _major: number,
      _minor: number,
      last: string[] | undefined,
      _method: unknown,
      _url: unknown,
      status: number,
      _words: unknown,
      upgrade: boolean,
      keepAlive: boolean,
    ) => {
      const all = pairs.length === 0 ? (last ?? []) : pairs.concat(last ?? []);
      pairs = [];
      const switched = status === 101 || (this.#switches && status >= 200 && status < 300);
      if (status < 200 && status !== 101) {
        informational += 1;
        skipped = informational <= informationalMax;
        if (skipped) return follow.noBody;
      }
      informational = 0;
      const headers = headersOf(all);
      const encoding = headers["content-encoding"];
      to.onHead({ status, headers, encoding, keepAlive: keepAlive && !upgrade });
      return switched ? follow.noMessage : follow.body;
    };
    parser[events.body] = (bytes: Buffer) => {
      to.onBody(bytes, 0, bytes.length);
    };
    parser[events.complete] = () => {
      // Trailers, which nobody asks for, came as headers.
      pairs = [];
      if (skipped) skipped = false;
      else to.onComplete();
    };
    parser.initialize(HTTPParser.RESPONSE, {}, headerBytesMax, strict);
  }

  /** The next answer may end HTTP on this connection (CONNECT, or a protocol that was asked for). */
  expectSwitch(): void {
    this.#switches = true;
  }

  /** The number of bytes that belonged to HTTP, or what is wrong with them. */
  take(bytes: Buffer): number | ParserError {
    return this.#parser.execute(bytes, 0, bytes.length);
  }

  /** The server has sent its last byte: null when that completes the answer or nothing was begun, else what is missing. */
  end(): ParserError | null {
    const result = this.#parser.finish();
    return result instanceof Error ? result : null;
  }

  close(): void {
    this.#parser.close();
  }
}
