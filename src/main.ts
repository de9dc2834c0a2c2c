// The main job: start the service, print the first screen, obey signals.

import { readArguments, usage } from "./cli/arguments.ts";
import { createLog } from "./cli/log.ts";
import { type Service, startService } from "./cli/service.ts";
import { openSource } from "./cli/source.ts";
import { wordsOf } from "./cli/words.ts";
import { systemClock } from "./clock.ts";
import { ConfigError } from "./errors.ts";

const exitCodes = { ok: 0, failed: 1, badConfiguration: 2 } as const;
/** When stopping takes longer than it may, the process ends all the same; what was seen last is written down first. */
const stopGraceMs = 4000;

const log = createLog((line) => process.stderr.write(line), systemClock.wallMs);

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(usage);
    return;
  }
  const source = await openSource(args, process.env);
  const service = await startService(source, systemClock, log);
  process.stdout.write(service.screen);
  obeySignals(service);
}

function obeySignals(service: Service): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(exitCodes.failed);
    stopping = true;
    log.info(`${signal}: stopping`);
    setTimeout(() => process.exit(exitCodes.failed), service.stopTimeoutMs + stopGraceMs).unref();
    await service.stop();
    process.exit(exitCodes.ok);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  process.on("SIGHUP", () => void service.reload());
}

main().catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(error instanceof ConfigError ? exitCodes.badConfiguration : exitCodes.failed);
});
