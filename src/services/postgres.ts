// PostgreSQL, asked with SELECT 1 over one connection of its own. After a failure the connection is thrown away: a new one is
// the only way to be sure that a frozen or half-closed link is not what answers.

import type { Sql } from "postgres";
import { addressOf } from "./address.ts";
import type { Check } from "./check-loop.ts";

export function postgresCheck(url: string, timeoutMs: number): Check {
  let client: Sql | null = null;

  async function connect(): Promise<Sql> {
    const { default: postgres } = await import("postgres");
    const parsed = new URL(url);
    const name = parsed.hostname;
    const address = name === "" ? "" : await addressOf(name);
    const mode = parsed.searchParams.get("sslmode");
    const secure = mode !== null && mode !== "disable" && mode !== "prefer" && mode !== "allow";
    return postgres(url, {
      ...(address === "" ? {} : { host: address }),
      ...(secure
        ? {
            ssl: {
              servername: name,
              rejectUnauthorized: mode === "verify-full" || mode === "verify-ca",
            },
          }
        : {}),
      max: 1,
      connect_timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
      // The loop asks again by itself; the driver need not.
      backoff: false,
      onnotice: () => {},
      connection: { application_name: "fleetpulse", statement_timeout: timeoutMs },
    });
  }

  function drop(): void {
    const gone = client;
    client = null;
    gone?.end({ timeout: 0 }).catch(() => {});
  }

  return {
    async ask() {
      client ??= await connect();
      await client`select 1`;
    },
    reset: drop,
    async stop() {
      const last = client;
      client = null;
      await last?.end({ timeout: 1 });
    },
  };
}
