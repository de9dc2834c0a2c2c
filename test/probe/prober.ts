// The real prober over real sockets, each probe over a connection of its own.

import { systemClock } from "../../src/clock.ts";
import { createProber } from "../../src/probe/probe.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";

export const bodyBytesMax = 64 * 1024;

export const ask = createProber({
  transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
  bodyBytesMax,
  clock: systemClock,
});
