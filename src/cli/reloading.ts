// Reading the configuration anew while the service runs: when it is told to, and when a file of it changes. One that is wrong is refused,
// and the running one stays.

import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { ConfigError, formatProblem } from "../errors.ts";
import type { Log } from "./log.ts";
import type { ReadFleet } from "./reading.ts";
import { type Running, refusedAtReload } from "./refused-reload.ts";
import { restartOnlyChanges } from "./restart-only.ts";
import type { ConfigSource } from "./source.ts";
import { watchFiles } from "./watch.ts";

export interface ReloadingOptions {
  readonly source: ConfigSource;
  /** What the service was started with, and when that began to be read (wall time). */
  readonly first: Config;
  readonly readAtMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** What runs now. */
  readonly config: () => Config;
  readonly running: () => Running;
  /** Much work is about to come. */
  readonly onBegin: () => void;
  readonly apply: (next: Config, fleet: ReadFleet) => Promise<void>;
  readonly onEnd: (result: "applied" | "refused") => void;
}

export interface Reloading {
  /** Reads it anew; false when the running one stays. */
  reload(): Promise<boolean>;
  /** Takes nothing new over any more. */
  stop(): void;
}

export function createReloading(options: ReloadingOptions): Reloading {
  const { source, first, clock, log } = options;
  let stopping = false;
  let reloading: Promise<boolean> = Promise.resolve(true);
  const watch = watchFiles(() => void reload());
  if (source.file !== null) watch.set(first.files, options.readAtMs);

  /** One after the other, so that two changes cannot cross. */
  function reload(): Promise<boolean> {
    reloading = reloading.then(reloadOnce);
    return reloading;
  }

  async function reloadOnce(): Promise<boolean> {
    const readAtMs = clock.wallMs();
    options.onBegin();
    try {
      const reading = await source.read();
      const next = reading.config;
      const refused = refusedAtReload(next, options.running());
      if (refused.length > 0) throw new ConfigError(refused, next.files);
      for (const warning of next.warnings) log.warn(formatProblem(warning));
      for (const name of restartOnlyChanges(first.settings, next.settings)) {
        log.warn(`the new value of ${name} takes effect with a restart`);
      }
      const fleet = await reading.fleet();
      // Whoever is on the way out takes nothing new over.
      if (stopping) return false;
      await options.apply(next, fleet);
      watch.set(source.file === null ? [] : next.files, readAtMs);
      options.onEnd("applied");
      log.info(`configuration reloaded: ${fleet.deployments.length} deployments`);
      return true;
    } catch (error) {
      options.onEnd("refused");
      // Whichever file is mended: those that it would have had are watched as well as those that it has.
      if (source.file !== null && error instanceof ConfigError) {
        watch.set([...new Set([...options.config().files, ...error.files])], readAtMs);
      }
      const reason = error instanceof ConfigError ? error.message : String(error);
      log.error(`the new configuration is refused, the running one stays:\n${reason}`);
      return false;
    }
  }

  return {
    reload,
    stop() {
      stopping = true;
      watch.stop();
    },
  };
}
