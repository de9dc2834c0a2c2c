// One exchange: a connection, a request, an answer or a classified failure, within the deadlines.

import type { ParserError } from "node:_http_common";
import { type Connection, type ConnectionUser, reset } from "./connection.ts";
import { type Dial, type DialEvents, type DialOptions, dial } from "./dial.ts";
import { classOfError } from "./errors.ts";
import { IncomingAnswer } from "./incoming-answer.ts";
import { connectionKeyOf, type Place } from "./place.ts";
import type { Pool } from "./pool.ts";
import { requestBytes } from "./request-bytes.ts";
import type { ParsedHead } from "./response-parser.ts";
import { type ExchangeTime, TimedExchange } from "./timed-exchange.ts";
import type { Exchange, ExchangeOptions, Failure, HttpRequest, HttpResponse } from "./transport.ts";
import { responseOf, WebSocketStart } from "./websocket.ts";
import type { WholeAnswer } from "./whole-answer.ts";

export interface ExchangeContext extends DialOptions, ExchangeTime {
  readonly placeOf: (url: string) => Place;
  readonly pool: Pool;
  /** Whether connections are kept at all. */
  readonly keepsAlive: () => boolean;
}

/** Runs one exchange; calls `done` exactly once. */
export function runExchange(
  request: HttpRequest,
  options: ExchangeOptions,
  context: ExchangeContext,
  done: (exchange: Exchange) => void,
): void {
  new RunningExchange(request, options, context, done).begin();
}

class RunningExchange extends TimedExchange implements ConnectionUser, DialEvents {
  readonly #request: HttpRequest;
  readonly #options: ExchangeOptions;
  readonly #context: ExchangeContext;
  readonly #done: (exchange: Exchange) => void;

  #place: Place | null = null;
  #key = "";
  #dial: Dial | null = null;
  #connection: Connection | null = null;
  #reused = false;
  #settled = false;

  #webSocket: WebSocketStart | null = null;
  /** An answer that does not come whole. */
  #incoming: IncomingAnswer | null = null;
  /** The answer says that the connection may be used again. */
  #keepAlive = false;
  #bytesRead = 0;

  constructor(
    request: HttpRequest,
    options: ExchangeOptions,
    context: ExchangeContext,
    done: (exchange: Exchange) => void,
  ) {
    super(options.deadlines, context);
    this.#request = request;
    this.#options = options;
    this.#context = context;
    this.#done = done;
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
      this.watchDeadlines();
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
    if (route.proxy === null && place.isAddress) this.enter("connect");
    this.#dial = dial(place, route, this.#context, this);
  }

  #use(connection: Connection): void {
    this.#connection = connection;
    connection.user = this;
    this.enter("request");
    const { proxy } = this.#options.route;
    const keeping = this.#context.keepsAlive() ? "" : "Connection: close\r\n";
    const said = this.#webSocket?.headers ?? keeping;
    connection.send(requestBytes(this.#request, this.#place as Place, proxy, said));
  }

  // The dial's events, as far as they are not about time alone.

  onReady(connection: Connection): void {
    this.#dial = null;
    this.marks.begunMs = this.#context.nowMs();
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

  // The connection's.

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
    this.#keepAlive = answer.keepAlive;
    this.marks.firstByteMs = this.#context.nowMs();
    this.#finish(answer, null, true, this.marks.firstByteMs);
  }

  onBytes(count: number): void {
    this.#bytesRead += count;
  }

  onHead(head: ParsedHead): void {
    if (this.#incoming?.isComplete === true) {
      // Another answer, for which nobody asked: the connection is not to be trusted with the next request.
      this.#keepAlive = false;
      return;
    }
    const incoming = new IncomingAnswer(head, this.#options.bodyBytesMax, this.#request.watch);
    this.#incoming = incoming;
    if (incoming.isWatched) this.awaited = "first words";
    this.#keepAlive = head.keepAlive;
    this.marks.firstByteMs = this.#context.nowMs();
    this.enter("body");
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    if (this.#incoming?.add(bytes, from, to) === true) {
      this.marks.firstTokenMs = this.#context.nowMs();
    }
  }

  onComplete(): void {
    if (this.#incoming !== null) this.#incoming.isComplete = true;
  }

  onParsed(rest: Buffer | null, error: ParserError | null): void {
    const incoming = this.#incoming;
    if (incoming?.head.status === 101) this.#onSwitched(incoming.head, rest);
    else if (incoming?.isOver === true) this.#answer(incoming, true, false);
    // What is wrong with bytes behind a complete answer is not the answer's fault.
    else if (incoming?.isComplete === true) {
      this.#answer(incoming, false, rest === null && error === null);
    } else if (incoming?.isSeen === true) this.#answer(incoming, true, false);
    else if (error !== null) this.#failWith(error);
  }

  /** The connection's bytes are no HTTP any more: `rest` are the next of them. */
  #onSwitched({ headers }: ParsedHead, rest: Buffer | null): void {
    if (this.#webSocket === null || this.#connection === null) {
      this.fail({ class: "protocol", text: "the server switched to another protocol" });
      return;
    }
    this.awaited = "first message";
    const event = this.#webSocket.onSwitched(headers, rest, this.#connection);
    if (event === null) return;
    if (event.kind === "broken") this.fail({ class: "protocol", text: event.text });
    else this.#finish(responseOf(event, headers), null, true);
  }

  onEnd(missing: ParserError | null): void {
    if (this.#webSocket?.isOpen === true) {
      this.#failWith(reset("the connection was closed before the first message"));
      return;
    }
    // The end of the connection can be the end of the answer (RFC 9112, 6.3).
    const incoming = this.#incoming;
    if (incoming !== null && (incoming.isComplete || missing === null)) {
      this.#answer(incoming, false, false);
    } else this.#lost(reset("the connection was closed before the answer was complete"));
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
    this.marks.sentMs = 0;
    this.enter("dns");
    this.#connect(this.#place as Place);
  }

  // Ends.

  #answer(incoming: IncomingAnswer, truncated: boolean, orderly: boolean): void {
    try {
      this.#finish(incoming.answer(truncated), null, orderly);
    } catch (error) {
      this.#failWith(error);
    }
  }

  #failWith(error: unknown): void {
    if (!this.#settled) this.fail(classOfError(error, this.phase));
  }

  protected fail(failure: Failure): void {
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
    this.unwatchDeadlines();
    this.#dial?.cancel();
    const connection = this.#connection;
    const phases = this.marks.phases(nowMs);
    const peer = {
      address: connection?.address ?? null,
      reused: this.#reused,
      certificateEndMs: connection?.certificateEndMs ?? null,
      bytesRead: this.#bytesRead,
    };
    if (connection !== null) this.#release(connection, orderly);
    // One of the two is there.
    this.#done({ response, failure, phases, peer } as Exchange);
  }

  #release(connection: Connection, orderly: boolean): void {
    connection.user = null;
    const isDone = orderly && !connection.hasUnsent;
    if (!isDone) connection.close();
    else if (this.#keepAlive && this.#keeps()) this.#context.pool.give(this.#key, connection);
    else connection.end();
  }
}
