// Redis, asked with PING over one connection of its own, a new one after every failure.

import { type Redis, redisClients } from "../connection/redis-client.ts";
import type { Resolver } from "../transport/resolver.ts";
import type { Check } from "./check-loop.ts";

/** `timeoutMs` bounds the driver's own waits, as a second line behind the loop's deadline. */
export function redisCheck(url: string, timeoutMs: number, resolver: Resolver): Check {
  const clients = redisClients({ url, resolver, timeoutMs });
  let line = new AbortController();
  let client: Redis | null = null;

  return {
    async open() {
      if (client !== null) return;
      const own = new AbortController();
      line = own;
      const opened = await clients.open(own.signal);
      // The round may have been given up meanwhile.
      own.signal.throwIfAborted();
      client = opened;
    },
    async ask() {
      await client?.ping();
    },
    close() {
      clients.turn();
      line.abort();
      client = null;
    },
  };
}
