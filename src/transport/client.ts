// The transport of a prober thread: exchanges over its own connections, names through its own resolver.
//
// Why not fetch: on Bun all fetches of a process share one client thread, 256 requests in flight (what waits burns its deadline and
// comes back as a false timeout) and 64 idle sockets, and tell neither phases nor the certificate. Why not node:http: three times the
// CPU of this. CPU a request in µs over kept connections, one thread, up to 20,000 requests a second (`bun bench/run.ts transport`;
// medians of five rounds in turn for the first two of plain HTTP), on a machine of two cores that had a soak beside it:
//
//   in flight           64    256   1024   4096
//   bare sockets       8.4    8.9    9.2   10.9
//   this              11.0   11.9   12.9   15.4   (1.32, 1.34, 1.41, 1.42 of bare sockets)
//   fetch             21.6   30.3   63.2   83.6
//   node:http         38.8   38.9   40.9   47.2
//
//   TLS: bare sockets  8.8   10.6   10.6   14.2
//   this              12.5   17.0   16.6   19.1
//   fetch             21.2   52.2  131.8  142.2
//   node:http         38.0   44.2   44.3   49.5

import { createCertificates } from "./certificates.ts";
import { createDeadlineWheel } from "./deadline-wheel.ts";
import { type ExchangeContext, runExchange } from "./exchange.ts";
import { createPlaces } from "./place.ts";
import { createPool, type PoolLimits } from "./pool.ts";
import type { Resolver } from "./resolver.ts";
import type { Transport } from "./transport.ts";

export interface ClientOptions {
  readonly resolver: Resolver;
  /** Looked at anew for every exchange. */
  readonly keep: PoolLimits;
  readonly nowMs?: () => number;
}

/** Every exchange takes a new connection. */
export const keepNone: PoolLimits = { idleMs: 0, perKey: 0, total: 0, ageMs: 0 };

export function createHttpTransport(options: ClientOptions): Transport {
  const nowMs = options.nowMs ?? (() => performance.now());
  const pool = createPool(options.keep, nowMs);
  const context: ExchangeContext = {
    resolver: options.resolver,
    tlsOf: createCertificates(nowMs),
    placeOf: createPlaces(),
    pool,
    deadlines: createDeadlineWheel(nowMs),
    keepsAlive: () => options.keep.idleMs > 0,
    nowMs,
  };
  return {
    exchange: (request, how) =>
      new Promise((resolve) => runExchange(request, how, context, resolve)),
    close: () => pool.clear(),
  };
}
