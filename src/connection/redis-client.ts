// A client of the driver that is ours to cut: its name is resolved here, it is destroyed at once when its signal says so, also when
// the server is frozen, and it never connects again by itself: whoever has it makes a new one.

import { isIP } from "node:net";
import type { Redis } from "ioredis";
import type { Resolver } from "../transport/resolver.ts";
import { addressesOf } from "./address.ts";
import { type RedisPlace, readRedisUrl } from "./redis-url.ts";

export type { Redis };

export interface RedisClients {
  /**
   * Connects a new client; rejects when the URL is none, and with the server's own words when it refuses. When `signal` aborts, the client
   * is cut, and what waits for an answer rejects.
   */
  open(signal: AbortSignal): Promise<Redis>;
  /** The address last dialled failed: the next client dials another, where there is another. */
  turn(): void;
}

export interface RedisClientOptions {
  readonly url: string;
  readonly resolver: Resolver;
  /** Bounds the driver's own waits, as a second line behind the caller's deadline. */
  readonly timeoutMs: number;
}

/** The driver is loaded when it is first needed. */
export function redisClients({ url, resolver, timeoutMs }: RedisClientOptions): RedisClients {
  let target: ReturnType<typeof read> | null = null;

  function read() {
    const place = readRedisUrl(url);
    return { place, addresses: addressesOf(place.host ?? "", resolver) };
  }

  return {
    async open(signal) {
      target ??= read();
      const { place, addresses } = target;
      const { Redis: Client } = await import("ioredis");
      const host = place.path === null ? await addresses.current() : null;
      // It may have been given up meanwhile: then nobody would cut what is made now.
      signal.throwIfAborted();
      const client = new Client(driverOptions(place, host, timeoutMs));
      signal.addEventListener("abort", () => client.disconnect(), { once: true });
      await connected(client);
      return client;
    },
    turn: () => target?.addresses.turn(),
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
    autoResubscribe: false,
    retryStrategy: () => null,
    // Nothing is asked but what the caller asks: no INFO first, no greeting that old servers and small accounts refuse.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2 as const,
  };
}
