// Run as a process: starts services, says when they are connected, waits for a word, sees them hang, stops them, and must end
// by itself.

import { systemClock } from "../../src/clock.ts";
import { Secret } from "../../src/config/secret.ts";
import { startServices } from "../../src/services/services.ts";
import { eventually } from "../servers/process.ts";
import { nothingConfigured } from "./running.ts";

const services = startServices({
  settings: {
    ...nothingConfigured,
    databaseUrl: new Secret(process.env["DATABASE_URL"] ?? ""),
    redisUrl: new Secret(process.env["REDIS_URL"] ?? ""),
    // So long that a check is under way when all is stopped.
    serviceTimeoutMs: 1000,
  },
  clock: systemClock,
});
const both = (status: string) => () =>
  services.database().status === status && services.redis().status === status;

await eventually("both are connected", both("connected"));
process.stdout.write("connected\n");
for await (const _word of Bun.stdin.stream()) break;
await eventually("both hang", both("disconnected"));
await services.stop();
process.stdout.write("stopped\n");
