// One connection that speaks HTTP/1.1, for one exchange at a time. What arrives while nobody uses it ends it.

import type { ParserError } from "node:_http_common";
import type { Socket as NodeSocket } from "node:net";
import type { Socket, SocketHandler } from "bun";
import { AnswerReader } from "./answer-reader.ts";
import type { TlsOptions } from "./certificates.ts";
import { takeOver } from "./raw-socket.ts";
import type { ParsedHead, ParserEvents } from "./response-parser.ts";
import type { WholeAnswer } from "./whole-answer.ts";

/** Who uses a connection: hears of the answer as it comes, and of the connection's end. */
export interface ConnectionUser extends ParserEvents {
  /** These bytes have come, and are this answer. */
  onWhole(answer: WholeAnswer, bytes: Buffer): void;
  /** Other bytes have come; the parser's events of them follow, then `onParsed`. */
  onBytes(count: number): void;
  /** `rest` does not belong to HTTP any more; `error` is what is wrong with the bytes. */
  onParsed(rest: Buffer | null, error: ParserError | null): void;
  /** The operating system has taken the whole request. */
  onSent(): void;
  /** The server has sent its last byte; `missing` tells that an answer is not complete. */
  onEnd(missing: ParserError | null): void;
  onClosed(error: Error | undefined): void;
}

/** A connection's place in the list of those that are kept (see pool.ts). */
export interface KeptPlace {
  key: string;
  sinceMs: number;
  older: Connection | null;
  newer: Connection | null;
}

export type HandshakeEnd = (error: Error | null) => void;

/** Errors of a handshake that are about the certificate leave a connection that could be used. */
const brokenHandshake = /^(?:EPROTO|ECONNRESET|EPIPE|ERR_SSL_)/;

/** Whoever asks for answers (pings) and reads none gets no more of them. */
const unsentBytesMax = 64 * 1024;

export class Connection implements ParserEvents {
  user: ConnectionUser | null = null;
  /** When it was made. */
  readonly sinceMs: number;
  /** While nobody uses it, its place among those that are kept. */
  readonly kept: KeptPlace = { key: "", sinceMs: 0, older: null, newer: null };
  readonly address: string | null;
  /** Unix time in milliseconds. */
  certificateEndMs: number | null = null;

  #socket: Socket<Connection>;
  readonly #answers: AnswerReader;
  /** What the operating system has not taken yet. */
  #unsent: Buffer | null = null;
  #onHandshake: HandshakeEnd | null = null;
  /** Why it is about to close. */
  #error: Error | undefined;
  #closed = false;
  #isHttp = true;

  constructor(connected: NodeSocket, nowMs: number) {
    this.sinceMs = nowMs;
    this.address = connected.remoteAddress ?? null;
    this.#socket = takeOver(connected, handlers, this);
    this.#answers = new AnswerReader(this);
  }

  // The parser's events are the user's; who that is changes.

  onHead(head: ParsedHead): void {
    this.user?.onHead(head);
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    this.user?.onBody(bytes, from, to);
  }

  onComplete(): void {
    this.user?.onComplete();
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  get hasUnsent(): boolean {
    return this.#unsent !== null;
  }

  /** An answer to what is asked now may end HTTP on this connection. */
  expectSwitch(): void {
    this.#answers.expectSwitch();
  }

  send(bytes: Buffer): void {
    const taken = this.#socket.write(bytes);
    if (taken === bytes.length) this.user?.onSent();
    else if (taken >= 0) this.#unsent = bytes.subarray(taken);
    // A socket that is closed says so by its own event.
  }

  /** A frame, in its turn behind what the operating system has not taken yet; none for a peer that leaves too much of that. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#unsent !== null) {
      if (this.#unsent.length > unsentBytesMax) return;
      this.#unsent = Buffer.concat([this.#unsent, bytes]);
      return;
    }
    const taken = this.#socket.write(bytes);
    if (taken >= 0 && taken < bytes.length) this.#unsent = Buffer.from(bytes.subarray(taken));
  }

  /** What comes from now on is an answer of the place behind the proxy. */
  leaveProxy(): void {
    this.#answers.close();
  }

  /** What comes from now on is no HTTP, and handed on as it is. */
  leaveHttp(): void {
    this.#answers.close();
    this.#isHttp = false;
  }

  /** Speaks TLS from now on; `done` hears what is wrong, or null. */
  secure(options: TlsOptions, done: HandshakeEnd): void {
    this.#onHandshake = done;
    // What is read and written from now on is the inner stream; of the outer one nothing more is heard.
    this.#socket.reload({ socket: deaf });
    const [, secured] = this.#socket.upgradeTLS<Connection>({
      tls: options,
      data: this,
      socket: options.rejectUnauthorized ? handlers : trusting,
    });
    this.#socket = secured;
  }

  /** Ends it at once, by a reset; nothing is heard of it any more. */
  close(): void {
    if (this.#leave()) this.#socket.terminate();
  }

  /** Ends it in good order, when nothing is under way; nothing is heard of it any more. */
  end(): void {
    if (this.#leave()) this.#socket.end();
  }

  /** False when it has ended already. */
  #leave(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.user = null;
    this.#onHandshake = null;
    this.#answers.close();
    return true;
  }

  onData(bytes: Buffer): void {
    const { user } = this;
    if (user === null) {
      this.close();
      return;
    }
    const whole = this.#isHttp ? this.#answers.takeWhole(bytes) : null;
    if (whole !== null) {
      user.onWhole(whole, bytes);
      return;
    }
    user.onBytes(bytes.length);
    if (!this.#isHttp) {
      user.onParsed(bytes, null);
      return;
    }
    const taken = this.#answers.take(bytes);
    if (this.user !== user) return;
    if (typeof taken !== "number") user.onParsed(null, taken);
    else user.onParsed(taken < bytes.length ? bytes.subarray(taken) : null, null);
  }

  onDrain(): void {
    const unsent = this.#unsent;
    if (unsent === null) return;
    const taken = this.#socket.write(unsent);
    if (taken < 0) return;
    if (taken < unsent.length) {
      this.#unsent = unsent.subarray(taken);
      return;
    }
    this.#unsent = null;
    this.user?.onSent();
  }

  onEnd(): void {
    if (this.user === null) this.close();
    else this.user.onEnd(this.#answers.end());
  }

  onError(error: Error): void {
    this.#error = error;
  }

  onClosed(closing: Error | undefined): void {
    if (this.#closed) return;
    const { user } = this;
    const error = this.#error ?? closing;
    const shakingHands = this.#onHandshake;
    this.close();
    shakingHands?.(error ?? reset("the connection was closed in the TLS handshake"));
    user?.onClosed(error);
  }

  onHandshake(socket: Socket<Connection>, error: Error | null, verify: boolean): void {
    const done = this.#onHandshake;
    if (done === null) return;
    this.#onHandshake = null;
    const broken = error !== null && brokenHandshake.test(codeOf(error));
    if (!broken) this.certificateEndMs = certificateEndOf(socket);
    done(broken || verify ? error : null);
  }
}

const handlers: SocketHandler<Connection> = {
  data: ({ data: connection }, bytes) => connection.onData(bytes),
  drain: ({ data: connection }) => connection.onDrain(),
  end: ({ data: connection }) => connection.onEnd(),
  close: ({ data: connection }, error) => connection.onClosed(error),
  error: ({ data: connection }, error) => connection.onError(error),
  handshake: (socket, _trusted, error) => socket.data.onHandshake(socket, error, true),
};
const trusting: SocketHandler<Connection> = {
  ...handlers,
  handshake: (socket, _trusted, error) => socket.data.onHandshake(socket, error, false),
};
const deaf: SocketHandler<Connection> = {
  data() {},
  drain() {},
  end() {},
  close() {},
  error() {},
};

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? "");
}

export function reset(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}

function certificateEndOf(socket: Socket<Connection>): number | null {
  const certificate = socket.getPeerCertificate() as { valid_to?: string } | null;
  const endMs = Date.parse(certificate?.valid_to ?? "");
  return Number.isNaN(endMs) ? null : endMs;
}
