// The transport of a prober thread: exchanges over its own connections, names through its own resolver.
//
// Why not fetch: on Bun all fetches of a process share one client thread, 256 requests in flight (what waits burns its deadline and
// comes back as a false timeout) and 64 idle sockets, and tell neither phases nor the certificate. Why not node:http: twice the CPU
// of this. CPU a request in µs over kept connections, plain, one thread, 20,000 requests a second (`bun bench/run.ts transport`):
//
//   in flight     64    256   1024   4096
//   bare sockets   6.8    7.6    8.2   11.9
//   this          14.1   15.4   17.9   23.2
//   fetch         17.8   23.7   35.7  106.4   (half of the rate at 4,096)
//   node:http     30.1   41.8   48.5   51.2

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
