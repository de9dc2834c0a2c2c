// From a place to a connection that is ready for a request: the name, the first address that answers, a proxy's tunnel, TLS.

import type { ParserError } from "node:_http_common";
import { isIP, type Socket } from "node:net";
import type { ProxyRoute, Route } from "../registry/deployment.ts";
import type { TlsOptions } from "./certificates.ts";
import { Connection, type ConnectionUser, reset } from "./connection.ts";
import { type Attempts, connectFirst } from "./happy-eyeballs.ts";
import type { Place } from "./place.ts";
import type { Address, Resolver } from "./resolver.ts";
import type { ParsedHead } from "./response-parser.ts";

/** Hears how far it has come; then `onReady` or `onFailed`, once. */
export interface DialEvents {
  onResolved(): void;
  /** `secures`: TLS with the place itself is to follow. */
  onConnected(secures: boolean): void;
  onSecured(): void;
  onReady(connection: Connection): void;
  onFailed(error: Error, connection: Connection | null): void;
}

export interface Dial {
  /** Gives up; nothing is heard any more. */
  cancel(): void;
}

export interface DialOptions {
  readonly resolver: Resolver;
  readonly nowMs: () => number;
  readonly tlsOf: (route: Route, serverName: string | null) => TlsOptions;
}

export function dial(place: Place, route: Route, options: DialOptions, events: DialEvents): Dial {
  const { proxy } = route;
  let cancelled = false;
  let attempts: Attempts | null = null;
  let connection: Connection | null = null;

  function cancel(): void {
    cancelled = true;
    attempts?.cancel();
    connection?.close();
  }

  function fail(error: Error): void {
    if (cancelled) return;
    const last = connection;
    cancel();
    events.onFailed(proxy === null ? error : ofProxy(error, last), last);
  }

  /** Says whose failure it is: that of a proxy must not look like the deployment's. */
  function ofProxy(error: Error, last: Connection | null): Error {
    if (last !== null || proxy === null) return error;
    const { code } = error as NodeJS.ErrnoException;
    const where = `the proxy ${proxy.hostname}:${proxy.port}`;
    return Object.assign(new Error(`${where} cannot be reached (${code ?? error.message})`), {
      code: "ERR_PROXY_UNREACHABLE",
    });
  }

  function onAddresses(addresses: readonly Address[]): void {
    if (cancelled) return;
    attempts = connectFirst(addresses, proxy?.port ?? place.port, onConnected, fail);
  }

  function onConnected(socket: Socket): void {
    events.onConnected(place.secure);
    const made = new Connection(socket, options.nowMs());
    connection = made;
    if (proxy === null) {
      if (place.secure) secure(made, ready);
      else ready(made);
    } else if (place.secure && proxy.secure) {
      // The runtime cannot put TLS into TLS.
      fail(configured(`https through a proxy that itself speaks TLS is not supported`));
    } else {
      const next = throughProxy(proxy);
      if (proxy.secure) secure(made, next);
      else next(made);
    }
  }

  /** Only plain HTTP is asked of the proxy itself; a WebSocket goes through a tunnel always (RFC 6455, 4.1). */
  function throughProxy({ authorization }: ProxyRoute): (made: Connection) => void {
    if (!place.secure && !place.webSocket) return ready;
    return (made) =>
      tunnel(made, place, authorization, fail, () => {
        made.leaveProxy();
        if (place.secure) secure(made, ready);
        else ready(made);
      });
  }

  /** Certificates that cannot be read end it here: behind a proxy it is an event of the socket that comes here, and nobody catches. */
  function secure(made: Connection, next: (made: Connection) => void): void {
    const name = proxy !== null && !place.secure ? proxy.hostname : place.hostname;
    try {
      made.secure(options.tlsOf(route, isIP(name) === 0 ? name : null), (error) => {
        if (cancelled) return;
        if (error !== null) return fail(error);
        events.onSecured();
        next(made);
      });
    } catch (error) {
      fail(error as Error);
    }
  }

  function ready(made: Connection): void {
    if (!cancelled) events.onReady(made);
  }

  const name = proxy?.hostname ?? place.hostname;
  const family = isIP(name);
  if (family !== 0) onAddresses([{ address: name, family: family === 6 ? 6 : 4 }]);
  else {
    options.resolver.resolve(name).then(
      (addresses) => {
        if (cancelled) return;
        events.onResolved();
        onAddresses(addresses);
      },
      (error: Error) => fail(error),
    );
  }
  return { cancel };
}

/** RFC 9110, 9.3.6: after a success to CONNECT the connection is the other side's. */
function tunnel(
  connection: Connection,
  place: Place,
  authorization: string | null,
  onFailed: (error: Error) => void,
  onOpen: () => void,
): void {
  let status = 0;
  const user: ConnectionUser = {
    onHead: (head: ParsedHead) => {
      status = head.status;
    },
    // After CONNECT none is usual (see AnswerReader.expectSwitch).
    onWhole() {},
    onBytes() {},
    onBody() {},
    onComplete() {},
    onSent() {},
    onParsed(_rest: Buffer | null, error: ParserError | null) {
      if (error !== null) return onFailed(error);
      if (status === 0) return;
      connection.user = null;
      if (status >= 200 && status < 300) return onOpen();
      onFailed(
        status === 407
          ? configured("the proxy wants other credentials (407)")
          : Object.assign(new Error(`the proxy does not connect (${status})`), {
              code: "ERR_PROXY_TUNNEL",
            }),
      );
    },
    onEnd: () => onFailed(reset("the proxy closed the connection")),
    onClosed: (error) => onFailed(error ?? reset("the proxy closed the connection")),
  };
  connection.user = user;
  connection.expectSwitch();
  const host = place.hostname.includes(":") ? `[${place.hostname}]` : place.hostname;
  const target = `${host}:${place.port}`;
  const credentials = authorization === null ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`;
  connection.send(Buffer.from(head));
}

/** What only the configuration can mend. */
function configured(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_ROUTE" });
}
