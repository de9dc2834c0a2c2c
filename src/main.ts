// The main job: start the service, print the first screen, obey signals. What it starts is loaded when it obeys already: a process
// that is the first of its container is not ended by a signal that nobody listens to.

import { createLog } from "./cli/log.ts";
import type { Service } from "./cli/service.ts";
import { wordsOf } from "./cli/words.ts";
import { systemClock } from "./clock.ts";
import { ConfigError } from "./errors.ts";

const exitCodes = { ok: 0, failed: 1, badConfiguration: 2 } as const;
/** When stopping takes longer than it may, the process ends all the same; what was seen last is written down first. */
const stopGraceMs = 4000;

const log = createLog((line) => process.stderr.write(line), systemClock.wallMs);
/** Null until it runs. */
let service: Service | null = null;
let stopping = false;

async function main(): Promise<void> {
  const { readArguments, usage } = await import("./cli/arguments.ts");
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(usage);
    return;
  }
  const { openSource } = await import("./cli/source.ts");
  const { startService } = await import("./cli/service.ts");
  const source = await openSource(args, process.env);
  service = await startService(source, systemClock, log);
  process.stdout.write(service.screen);
}

async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(exitCodes.failed);
  stopping = true;
  log.info(`${signal}: stopping`);
  // Nothing was promised to anybody yet.
  if (service === null) process.exit(exitCodes.ok);
  setTimeout(() => process.exit(exitCodes.failed), service.stopTimeoutMs + stopGraceMs).unref();
  await service.stop();
  process.exit(exitCodes.ok);
}

process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGINT", () => void stop("SIGINT"));
// One that is still starting reads it anyway.
process.on("SIGHUP", () => void service?.reload());

main().catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(error instanceof ConfigError ? exitCodes.badConfiguration : exitCodes.failed);
});
