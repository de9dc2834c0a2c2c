// One exchange: a connection, a request, an answer or a classified failure, within the deadlines.
//
// An exchange is looked at when its first deadline has come; one that lies behind by then (the connection was made, the first byte
// came) makes room for the next. One whose next deadline is earlier than that is looked at earlier.

import type { ParserError } from "node:_http_common";
import { Answer } from "./answer.ts";
import { BodyBytes, isPlain } from "./body.ts";
import { BodyWatch } from "./body-watch.ts";
import { type Connection, type ConnectionUser, reset } from "./connection.ts";
import { type Deadline, deadlineMs, deadlineOf } from "./deadline.ts";
import { type DeadlineWheel, Watched } from "./deadline-wheel.ts";
import { type Dial, type DialEvents, type DialOptions, dial } from "./dial.ts";
import { classOfError, type Phase } from "./errors.ts";
import { Marks } from "./marks.ts";
import { connectionKeyOf, type Place } from "./place.ts";
import type { Pool } from "./pool.ts";
import { requestBytes } from "./request-bytes.ts";
import type { ParsedHead } from "./response-parser.ts";
import type { Exchange, ExchangeOptions, Failure, HttpRequest, HttpResponse } from "./transport.ts";
import { WebSocketStart } from "./websocket.ts";
import type { WholeAnswer } from "./whole-answer.ts";

export interface ExchangeContext extends DialOptions {
  readonly placeOf: (url: string) => Place;
  readonly pool: Pool;
  readonly deadlines: DeadlineWheel;
  /** Whether connections are kept at all. */
  readonly keepsAlive: () => boolean;
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

class RunningExchange extends Watched implements ConnectionUser, DialEvents {
  readonly #request: HttpRequest;
  readonly #options: ExchangeOptions;
  readonly #context: ExchangeContext;
  readonly #done: (exchange: Exchange) => void;
  readonly #marks: Marks;

  #phase: Phase = "dns";
  /** When the deadline is looked at; 0 before that is planned. */
  #lookMs = 0;

  #place: Place | null = null;
  #key = "";
  #dial: Dial | null = null;
  #connection: Connection | null = null;
  #reused = false;
  #excused = false;
  #settled = false;

  #head: ParsedHead | null = null;
  #webSocket: WebSocketStart | null = null;
  #watch: BodyWatch | null = null;
  #body: BodyBytes | null = null;
  #bodyBytes = 0;
  #bytesRead = 0;
  #complete = false;

  constructor(
    request: HttpRequest,
    options: ExchangeOptions,
    context: ExchangeContext,
    done: (exchange: Exchange) => void,
  ) {
    super();
    this.#request = request;
    this.#options = options;
    this.#context = context;
    this.#done = done;
    this.#marks = new Marks(context.nowMs());
  }

  begin(): void {
    try {
      const place = this.#context.placeOf(this.#request.url);
      this.#place = place;
      this.#key = connectionKeyOf(place, this.#options.route);
      if (place.webSocket) this.#webSocket = new WebSocketStart(this.#request.body);
      const kept = this.#keeps() ? this.#context.pool.take(this.#key) : null;
      if (kept === null) this.#connect(place);
      else {
        this.#reused = true;
        this.#use(kept);
      }
      // It may have failed already.
      if (this.#settled) return;
      this.#lookMs = this.#dueMs();
      this.#context.deadlines.add(this, this.#lookMs);
    } catch (error) {
      this.#failWith(error);
    }
  }

  /** A WebSocket has a connection of its own. */
  #keeps(): boolean {
    return this.#context.keepsAlive() && this.#webSocket === null;
  }

  #connect(place: Place): void {
    const { route } = this.#options;
    if (route.proxy === null && place.isAddress) this.#enter("connect");
    this.#dial = dial(place, route, this.#context, this);
  }

  #use(connection: Connection): void {
    this.#connection = connection;
    connection.user = this;
    this.#enter("request");
    const { proxy } = this.#options.route;
    const keeping = this.#context.keepsAlive() ? "" : "Connection: close\r\n";
    const said = this.#webSocket?.headers ?? keeping;
    connection.send(requestBytes(this.#request, this.#place as Place, proxy, said));
  }

  // The dial's events.

  onResolved(): void {
    this.#marks.resolvedMs = this.#context.nowMs();
    this.#enter("connect");
  }

  onConnected(): void {
    this.#marks.connectedMs = this.#context.nowMs();
    if (this.#place?.secure === true) this.#enter("tls");
  }

  onSecured(): void {
    this.#marks.securedMs = this.#context.nowMs();
  }

  onReady(connection: Connection): void {
    this.#dial = null;
    this.#marks.begunMs = this.#context.nowMs();
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
    this.#marks.sentMs = this.#context.nowMs();
  }

  onWhole(answer: WholeAnswer, bytes: Buffer): void {
    this.#bytesRead += bytes.length;
    const isOver = bytes.length - answer.bodyAt > this.#options.bodyBytesMax;
    if (isOver || this.#request.watch !== undefined || this.#webSocket !== null) {
      this.onHead(answer);
      this.onBody(bytes, answer.bodyAt, bytes.length);
      this.onComplete();
      this.onParsed(null, null);
      return;
    }
    this.#head = answer;
    this.#marks.firstByteMs = this.#context.nowMs();
    this.#finish(answer, null, true, this.#marks.firstByteMs);
  }

  onBytes(count: number): void {
    this.#bytesRead += count;
  }

  onHead(head: ParsedHead): void {
    this.#head = head;
    this.#marks.firstByteMs = this.#context.nowMs();
    this.#enter("body");
    const { watch } = this.#request;
    if (watch !== undefined && head.status >= 200 && head.status < 300 && isPlain(head.encoding)) {
      this.#watch = new BodyWatch(watch());
    }
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    const room = this.#options.bodyBytesMax - this.#bodyBytes;
    const end = Math.min(to, from + room);
    this.#bodyBytes += to - from;
    if (room <= 0) return;
    this.#body ??= new BodyBytes();
    this.#body.add(bytes, from, end);
    if (this.#watch?.take(bytes.subarray(from, end)) === true && this.#watch.seen === "token") {
      this.#marks.firstTokenMs = this.#context.nowMs();
    }
  }

  onComplete(): void {
    this.#complete = true;
  }

  onParsed(rest: Buffer | null, error: ParserError | null): void {
    if (this.#head?.status === 101) {
      this.#onSwitched(this.#head.headers, rest);
      return;
    }
    if (this.#bodyBytes > this.#options.bodyBytesMax) this.#answer(true, false);
    // What is wrong with bytes behind a complete answer is not the answer's fault.
    else if (this.#complete) this.#answer(false, rest === null && error === null);
    else if ((this.#watch?.seen ?? null) !== null) this.#answer(true, false);
    else if (error !== null) this.#failWith(error);
  }

  /** The connection's bytes are no HTTP any more: `rest` are the next of them. */
  #onSwitched(headers: ParsedHead["headers"], rest: Buffer | null): void {
    const socket = this.#webSocket;
    const connection = this.#connection;
    if (socket === null || connection === null) {
      this.#fail({ class: "protocol", text: "the server switched to another protocol" });
      return;
    }
    const fault = socket.isOpen ? null : socket.open(headers, connection);
    const event = fault ?? (rest === null ? null : socket.take(rest, connection));
    if (event === null) return;
    if (event.kind === "broken") {
      this.#fail({ class: "protocol", text: event.text });
      return;
    }
    const answer = { status: 101, headers, truncated: false };
    const response =
      event.kind === "message"
        ? { ...answer, body: event.text }
        : { ...answer, body: event.reason, closeCode: event.code };
    this.#finish(response, null, true);
  }

  onEnd(missing: ParserError | null): void {
    if (this.#webSocket?.isOpen === true) {
      this.#failWith(reset("the connection was closed before the first message"));
      return;
    }
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
    this.#marks.sentMs = 0;
    this.#enter("dns");
    this.#connect(this.#place as Place);
  }

  // Ends.

  #answer(truncated: boolean, orderly: boolean): void {
    const head = this.#head as ParsedHead;
    try {
      const body = this.#body?.text(head.encoding, this.#options.bodyBytesMax, truncated) ?? "";
      this.#finish(new Answer(head, body, truncated), null, orderly);
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

  #finish(
    response: HttpResponse | null,
    failure: Failure | null,
    orderly: boolean,
    nowMs = this.#context.nowMs(),
  ): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#context.deadlines.remove(this);
    this.#dial?.cancel();
    const connection = this.#connection;
    const phases = this.#marks.phases(nowMs);
    const peer = this.#peer(connection);
    if (connection !== null) this.#release(connection, orderly);
    // One of the two is there.
    this.#done({ response, failure, phases, peer } as Exchange);
  }

  #release(connection: Connection, orderly: boolean): void {
    connection.user = null;
    const isDone = orderly && !connection.hasUnsent;
    if (!isDone) connection.close();
    else if (this.#head?.keepAlive === true && this.#keeps())
      this.#context.pool.give(this.#key, connection);
    else connection.end();
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

  #deadline(): Deadline {
    const awaited =
      this.#webSocket?.isOpen === true
        ? "first message"
        : this.#watch === null
          ? "complete answer"
          : "first words";
    return deadlineOf(this.#phase, this.#options.deadlines, awaited);
  }

  #dueMs(): number {
    return this.#marks.startMs + deadlineMs(this.#phase, this.#options.deadlines);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    const dueMs = this.#dueMs();
    if (dueMs >= this.#lookMs) return;
    this.#lookMs = dueMs;
    this.#context.deadlines.remove(this);
    this.#context.deadlines.add(this, dueMs);
  }

  check(nowMs: number): number | null {
    if (this.#settled) return null;
    const dueMs = this.#dueMs();
    if (nowMs < dueMs) {
      this.#lookMs = dueMs;
      return dueMs;
    }
    // One that is noticed late tells of this thread, not of the upstream, whose answer may be waiting to be read.
    if (nowMs - dueMs > stalledMs && !this.#excused) {
      this.#excused = true;
      this.#lookMs = nowMs + stalledMs;
      return this.#lookMs;
    }
    const { afterMs, class: outcomeClass, what } = this.#deadline();
    this.#fail({ class: outcomeClass, text: `${what} within ${Math.round(afterMs)} ms` });
    return null;
  }
}
