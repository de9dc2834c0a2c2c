// One HTTP exchange, whatever client does it. An exchange never throws: it ends in an answer or in a classified failure,
// within its deadlines.

import type { Deadlines, Route } from "../registry/deployment.ts";
import type { OutcomeClass } from "../table/outcome-class.ts";

/**
 * A request to be sent. The body is text, or null for a GET. Header names are lower-case. To a URL of `ws` or `wss` it opens a
 * WebSocket: the answer is then its first message, with the status 101, and a body is what we say first.
 */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /**
   * Makes a watcher for the body of a success: what it sees ends the exchange at once, as an answer that is complete enough. For
   * streams, of which only the beginning is wanted.
   */
  readonly watch?: () => Watch;
  /** Given by who asks the same again and again. */
  readonly prepared?: Prepared;
}

/** Holds what the transport made of a request, for the next time that it is asked. */
export class Prepared {
  /** The whole of it, as it goes to the place itself over a connection that is kept. */
  bytes: Buffer | null = null;
}

/** Given every piece of a body once, as text, as it comes; says what it has seen so far. */
export type Watch = (more: string) => Sight | null;

/** The first token, or an end without one. */
export type Sight = "token" | "end";

/** An HTTP answer, read to a bound. Header names are lower-case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body was cut, at the bound or because its watcher had seen enough. */
  readonly truncated: boolean;
  /** Of a WebSocket that was closed before its first message; the body is the reason that was given. */
  readonly closeCode?: number;
}

/** Milliseconds spent in each phase, fractional; null where the phase did not happen. */
export interface Phases {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** Until the operating system had taken the whole request. */
  readonly sendMs: number | null;
  /** From the request being sent to the first byte of the answer. */
  readonly firstByteMs: number | null;
  /** From the request being sent until its watcher saw the first token (see `HttpRequest.watch`). */
  readonly firstTokenMs: number | null;
  /** The whole exchange, from its start to the last byte or the failure. */
  readonly totalMs: number;
}

/** What is known of the other side of the connection that served an exchange. */
export interface Peer {
  /** Null when no connection was made. */
  readonly address: string | null;
  /** The connection was kept from an earlier exchange. */
  readonly reused: boolean;
  /** When the certificate that the peer showed ends, Unix time in milliseconds; null without TLS. */
  readonly certificateEndMs: number | null;
  readonly bytesRead: number;
}

/** Of an exchange that did not come to pass. */
export function nothingMeasured(totalMs: number): Measured {
  return {
    phases: {
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
      sendMs: null,
      firstByteMs: null,
      firstTokenMs: null,
      totalMs,
    },
    peer: { address: null, reused: false, certificateEndMs: null, bytesRead: 0 },
  };
}

export interface ExchangeOptions {
  readonly deadlines: Deadlines;
  /** Bytes of the body that are read at most. */
  readonly bodyBytesMax: number;
  readonly route: Route;
}

export interface Measured {
  readonly phases: Phases;
  readonly peer: Peer;
}

export type Exchange = Measured &
  (
    | { readonly response: HttpResponse; readonly failure: null }
    | { readonly response: null; readonly failure: Failure }
  );

export interface Failure {
  readonly class: OutcomeClass;
  readonly text: string;
}

export interface Transport {
  exchange(request: HttpRequest, options: ExchangeOptions): Promise<Exchange>;
  /** Closes the connections that are kept. */
  close(): void;
}
