// The transport of a prober thread: exchanges over its own connections, names through its own resolver.
//
// Why not fetch: on Bun all fetches of a process share one client thread, 256 requests in flight (what waits burns its deadline and
// comes back as a false timeout) and 64 idle sockets, and tell neither phases nor the certificate. Why not node:http: twice the CPU
// of this. CPU a request in µs over kept connections, plain, one thread, up to 20,000 requests a second (`bun bench/run.ts transport`;
// medians of five rounds in turn for the first two), on a machine of two cores that had much else to do, so that only the ratios tell:
//
//   in flight     64    256   1024   4096
//   bare sockets   9.9   11.4   16.5   13.1
//   this          12.8   16.4   22.7   20.6   (1.30, 1.44, 1.38, 1.57 of bare sockets; in other runs 1.43, 1.46, 1.69, 1.30)
//   fetch         26.8   53.3   78.7  134.5
//   node:http     53.7   63.3   90.1   54.6

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
