// One exchange: a connection, a request, an answer or a classified failure, within the deadlines.
//
// One timer an exchange, set for the first deadline that can come; a deadline that lies behind when it fires (the connection was
// made, the first byte came) sets it for the next one. An exchange without trouble so sets and clears one timer.

import type { ParserError } from "node:_http_common";
import type { OutcomeClass } from "../table/outcome-class.ts";
import { decodeBody } from "./body.ts";
import { type Connection, type ConnectionUser, reset } from "./connection.ts";
import { type Dial, type DialEvents, type DialOptions, dial } from "./dial.ts";
import { classOfError, type Phase } from "./errors.ts";
import { headOf } from "./head.ts";
import { headersOf } from "./headers.ts";
import { connectionKeyOf, type Place } from "./place.ts";
import type { Pool } from "./pool.ts";
import type { ParsedHead } from "./response-parser.ts";
import type { Exchange, ExchangeOptions, Failure, HttpRequest, HttpResponse } from "./transport.ts";

export interface ExchangeContext extends DialOptions {
  readonly placeOf: (url: string) => Place;
  readonly pool: Pool;
  /** Whether connections are kept at all. */
  readonly keepAlive: boolean;
}

/** A deadline that is noticed this late is given as much again, once, to read what has come meanwhile. */
const stalledMs = 50;

/** Runs one exchange; calls `done` exactly once. */
export function runExchange(
  request: HttpRequest,
  options: ExchangeOptions,
  context: ExchangeContext,
  done: (exchange: Exchange) => void,
): void {
  new RunningExchange(request, options, context, done).begin();
}

class RunningExchange implements ConnectionUser, DialEvents {
  readonly #request: HttpRequest;
  readonly #options: ExchangeOptions;
  readonly #context: ExchangeContext;
  readonly #done: (exchange: Exchange) => void;
  readonly #startMs: number;

  #phase: Phase = "dns";
  #resolvedMs = 0;
  #connectedMs = 0;
  #securedMs = 0;
  #beganMs = 0;
  #sentMs = 0;
  #firstByteMs = 0;
  #enoughMs = 0;

  #place: Place | null = null;
  #key = "";
  #dial: Dial | null = null;
  #connection: Connection | null = null;
  #reused = false;
  #timer: Timer | undefined;
  #excused = false;
  #settled = false;

  #head: ParsedHead | null = null;
  #chunks: Buffer[] = [];
  #bodyBytes = 0;
  #bytesRead = 0;
  #complete = false;

  constructor(
    request: HttpRequest,
    options: ExchangeOptions,
    context: ExchangeContext,
    done: (exchange: Exchange) => void,
  ) {
    this.#request = request;
    this.#options = options;
    this.#context = context;
    this.#done = done;
    this.#startMs = context.nowMs();
  }

  begin(): void {
    try {
      const place = this.#context.placeOf(this.#request.url);
      this.#place = place;
      this.#key = connectionKeyOf(place, this.#options.route);
      const kept = this.#context.keepAlive ? this.#context.pool.take(this.#key) : null;
      if (kept === null) this.#connect(place);
      else {
        this.#reused = true;
        this.#use(kept);
      }
      this.#arm();
    } catch (error) {
      this.#failWith(error);
    }
  }

  #connect(place: Place): void {
    const { route } = this.#options;
    if (route.proxy === null && place.isAddress) this.#phase = "connect";
    this.#dial = dial(place, route, this.#context, this);
  }

  #use(connection: Connection): void {
    this.#connection = connection;
    connection.user = this;
    this.#phase = "request";
    this.#beganMs = this.#context.nowMs();
    const { proxy } = this.#options.route;
    const place = this.#place as Place;
    const asked = proxy !== null && !place.secure ? proxy : null;
    const body = this.#request.body ?? "";
    const bodyBytes = Buffer.byteLength(body);
    const head = headOf(this.#request, place, asked, this.#context.keepAlive, bodyBytes);
    connection.send(head + body, head.length + bodyBytes);
  }

  // The dial's events.

  onResolved(): void {
    this.#resolvedMs = this.#context.nowMs();
    this.#phase = "connect";
  }

  onConnected(): void {
    this.#connectedMs = this.#context.nowMs();
    if (this.#place?.secure === true) this.#phase = "tls";
  }

  onSecured(): void {
    this.#securedMs = this.#context.nowMs();
  }

  onReady(connection: Connection): void {
    this.#dial = null;
    try {
      this.#use(connection);
    } catch (error) {
      this.#failWith(error);
    }
  }

  onFailed(error: Error, connection: Connection | null): void {
    this.#connection ??= connection;
    this.#failWith(error);
  }

  // The connection's events.

  onSent(): void {
    this.#sentMs = this.#context.nowMs();
  }

  onBytes(count: number): void {
    this.#bytesRead += count;
  }

  onHead(head: ParsedHead): void {
    this.#head = head;
    this.#firstByteMs = this.#context.nowMs();
    this.#phase = "body";
  }

  onBody(bytes: Buffer): void {
    const room = this.#options.bodyBytesMax - this.#bodyBytes;
    this.#bodyBytes += bytes.length;
    if (room > 0) this.#chunks.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
  }

  onComplete(): void {
    this.#complete = true;
  }

  onParsed(rest: Buffer | null, error: ParserError | null): void {
    if (this.#head?.status === 101) {
      this.#fail({ class: "protocol", text: "the server switched to another protocol" });
      return;
    }
    if (this.#bodyBytes > this.#options.bodyBytesMax) this.#answer(true, false);
    // What is wrong with bytes behind a complete answer is not the answer's fault.
    else if (this.#complete) this.#answer(false, rest === null && error === null);
    else if (error !== null) this.#failWith(error);
    else if (this.#isEnough()) {
      this.#enoughMs = this.#context.nowMs();
      this.#answer(true, false);
    }
  }

  #isEnough(): boolean {
    const { enough } = this.#request;
    if (enough === undefined || this.#head === null || this.#head.status >= 300) return false;
    return enough(Buffer.concat(this.#chunks).toString("utf8"));
  }

  onEnd(missing: ParserError | null): void {
    // The end of the connection can be the end of the answer (RFC 9112, 6.3).
    if (this.#complete) this.#answer(false, false);
    else if (this.#head !== null && missing === null) this.#answer(false, false);
    else this.#lost(reset("the connection was closed before the answer was complete"));
  }

  onClosed(error: Error | undefined): void {
    this.#lost(error ?? reset("the connection was closed before the answer was complete"));
  }

  /** A kept connection may have ended while nobody used it: then the request goes out once more, on a new one. */
  #lost(error: Error): void {
    const stale = this.#reused && this.#bytesRead === 0 && !this.#settled;
    if (!stale) {
      this.#failWith(error);
      return;
    }
    this.#connection?.close();
    this.#connection = null;
    this.#reused = false;
    this.#sentMs = 0;
    this.#phase = "dns";
    this.#connect(this.#place as Place);
  }

  // Ends.

  #answer(truncated: boolean, orderly: boolean): void {
    const head = this.#head as ParsedHead;
    const headers = headersOf(head.pairs);
    try {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      const body = decodeBody(
        bytes as Buffer,
        headers["content-encoding"],
        this.#options.bodyBytesMax,
        truncated,
      );
      this.#finish({ status: head.status, headers, body, truncated }, null, orderly);
    } catch (error) {
      this.#failWith(error);
    }
  }

  #failWith(error: unknown): void {
    if (!this.#settled) this.#fail(classOfError(error, this.#phase));
  }

  #fail(failure: Failure): void {
    this.#finish(null, failure, false);
  }

  #finish(response: HttpResponse | null, failure: Failure | null, orderly: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#dial?.cancel();
    const connection = this.#connection;
    const phases = this.#phases();
    const peer = this.#peer(connection);
    if (connection !== null) this.#release(connection, orderly);
    // One of the two is there.
    this.#done({ response, failure, phases, peer } as Exchange);
  }

  #release(connection: Connection, orderly: boolean): void {
    connection.user = null;
    connection.served += 1;
    const isDone = orderly && !connection.hasUnsent;
    if (!isDone) connection.close();
    else if (this.#head?.keepAlive === true) this.#context.pool.give(this.#key, connection);
    else connection.end();
  }

  #phases(): Exchange["phases"] {
    const begunMs = this.#beganMs || this.#startMs;
    const sentMs = this.#sentMs || begunMs;
    return {
      dnsMs: this.#resolvedMs === 0 ? null : this.#resolvedMs - this.#startMs,
      connectMs:
        this.#connectedMs === 0 ? null : this.#connectedMs - (this.#resolvedMs || this.#startMs),
      tlsMs: this.#securedMs === 0 ? null : this.#securedMs - this.#connectedMs,
      sendMs: this.#sentMs === 0 ? null : this.#sentMs - begunMs,
      firstByteMs: this.#firstByteMs === 0 ? null : this.#firstByteMs - sentMs,
      firstTokenMs: this.#enoughMs === 0 ? null : this.#enoughMs - sentMs,
      totalMs: this.#context.nowMs() - this.#startMs,
    };
  }

  #peer(connection: Connection | null): Exchange["peer"] {
    return {
      address: connection?.address ?? null,
      reused: this.#reused,
      certificateEndMs: connection?.certificateEndMs ?? null,
      bytesRead: this.#bytesRead,
    };
  }

  // Deadlines.

  /** The deadline that counts now, and what its passing means. */
  #deadline(): { readonly afterMs: number; readonly class: OutcomeClass; readonly what: string } {
    const { connectMs, firstByteMs, totalMs } = this.#options.deadlines;
    switch (this.#phase) {
      case "dns":
        return {
          afterMs: Math.min(connectMs, totalMs),
          class: "dns",
          what: "the host name did not resolve",
        };
      case "connect":
        return { afterMs: Math.min(connectMs, totalMs), class: "connect", what: "no connection" };
      case "tls":
        return { afterMs: Math.min(connectMs, totalMs), class: "tls", what: "no TLS handshake" };
      case "request":
        return {
          afterMs: Math.min(firstByteMs, totalMs),
          class: "timeout_first_byte",
          what: "no first byte",
        };
      case "body":
        return { afterMs: totalMs, class: "timeout_total", what: "no complete answer" };
      default:
        return this.#phase satisfies never;
    }
  }

  #arm(): void {
    if (this.#settled) return;
    const dueMs = this.#startMs + this.#deadline().afterMs;
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, dueMs - this.#context.nowMs()));
  }

  #onTimer(): void {
    const { afterMs, class: outcomeClass, what } = this.#deadline();
    const lateMs = this.#context.nowMs() - (this.#startMs + afterMs);
    // Timers tick in whole milliseconds.
    if (lateMs < -1) {
      this.#arm();
      return;
    }
    // One that comes late tells of this thread, not of the upstream, whose answer may be waiting to be read.
    if (lateMs > stalledMs && !this.#excused) {
      this.#excused = true;
      this.#timer = setTimeout(() => this.#onTimer(), stalledMs);
      return;
    }
    this.#fail({ class: outcomeClass, text: `${what} within ${Math.round(afterMs)} ms` });
  }
}
