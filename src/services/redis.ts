// Redis, asked with PING over one connection of its own. The driver is told not to connect again by itself: the loop does,
// with a new connection after every failure.

import { isIP } from "node:net";
import type { Redis } from "ioredis";
import { type Addresses, addressesOf } from "../connection/address.ts";
import type { Resolver } from "../transport/resolver.ts";
import type { Check } from "./check-loop.ts";
import { type RedisPlace, readRedisUrl } from "./redis-url.ts";

interface Target {
  readonly place: RedisPlace;
  readonly addresses: Addresses;
}

/** `timeoutMs` bounds the driver's own waits, as a second line behind the loop's deadline. */
export function redisCheck(url: string, timeoutMs: number, resolver: Resolver): Check {
  let target: Target | null = null;
  let client: Redis | null = null;

  function read(): Target {
    const place = readRedisUrl(url);
    return { place, addresses: addressesOf(place.host ?? "", resolver) };
  }

  return {
    async open(signal) {
      if (client !== null) return;
      target ??= read();
      const { place, addresses } = target;
      const { Redis: Client } = await import("ioredis");
      const host = place.path === null ? await addresses.current() : null;
      // The round may have been given up meanwhile: then nobody would close what is made now.
      signal.throwIfAborted();
      client = new Client(driverOptions(place, host, timeoutMs));
      await connected(client);
    },
    async ask() {
      await client?.ping();
    },
    close() {
      target?.addresses.turn();
      client?.disconnect();
      client = null;
    },
  };
}

/** Connects; rejects with what the driver only tells its listeners, such as a refused password. */
async function connected(client: Redis): Promise<void> {
  let reason: Error | null = null;
  // Stays for good: without a listener the driver writes to the console.
  client.on("error", (error: Error) => {
    reason ??= error;
  });
  try {
    await client.connect();
  } catch (error) {
    throw reason ?? error;
  }
}

function driverOptions(place: RedisPlace, host: string | null, timeoutMs: number) {
  const { username, password, database, tls, verifyTls } = place;
  const name = place.host ?? "";
  const security = {
    rejectUnauthorized: verifyTls,
    // A server name is never an address: TLS has no room for one.
    ...(isIP(name) === 0 ? { servername: name } : {}),
  };
  return {
    ...(host === null ? { path: place.path ?? "" } : { host, port: place.port }),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: security } : {}),
    db: database,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A connection that is let go is destroyed at once, also when the other side is frozen.
    disconnectTimeout: 0,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    // PING is all that is asked: no INFO before it, no greeting that old servers and small accounts refuse.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2 as const,
  };
}
