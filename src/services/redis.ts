// Redis, asked with PING. The driver connects again by itself; its own deadlines are a second line behind the loop's.

import type { Redis } from "ioredis";
import { addressOf } from "./address.ts";
import type { Check } from "./check-loop.ts";

export function redisCheck(url: string, timeoutMs: number): Check {
  let client: Redis | null = null;
  let lastError: Error | null = null;

  async function connect(): Promise<Redis> {
    const { Redis: Client } = await import("ioredis");
    const parsed = new URL(url);
    const secure = parsed.protocol === "rediss:";
    const address = parsed.protocol === "unix:" ? null : await addressOf(parsed.hostname);
    const made = new Client(url, {
      ...(address === null ? {} : { host: address }),
      ...(secure ? { tls: { servername: parsed.hostname } } : {}),
      lazyConnect: true,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    // Without a listener the driver writes to the console.
    made.on("error", (error: Error) => {
      lastError = error;
    });
    lastError = null;
    client = made;
    await made.connect().catch((error: unknown) => {
      throw lastError ?? error;
    });
    return made;
  }

  function drop(): void {
    const gone = client;
    client = null;
    gone?.disconnect();
  }

  return {
    async ask() {
      const connected = client ?? (await connect());
      await connected.ping();
    },
    reset: drop,
    async stop() {
      drop();
    },
  };
}
