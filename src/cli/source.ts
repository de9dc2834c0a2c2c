// Where the configuration comes from: a file, or the demo fleet where there is none. Reading it again is how a
// reload works.

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { demoConfig } from "../demo/fleet.ts";
import type { TrafficTarget } from "../demo/traffic.ts";
import type { Arguments } from "./arguments.ts";
import { type Reading, read } from "./reading.ts";

export interface ConfigSource {
  /** For the first screen. */
  readonly description: string;
  /** Files to watch; empty for the demo. */
  readonly file: string | null;
  /** Reads it anew; rejects with ConfigError, which has everything that is wrong. */
  read(): Promise<Reading>;
  /** The service listens now. */
  listening(target: TrafficTarget): void;
  /** Ends what the source started. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultFile = "config.yaml";

/** Throws an Error for the person at the terminal when there is nothing to start with. */
export async function openSource(args: Arguments, environment: Environment): Promise<ConfigSource> {
  const named = args.config ?? (environment["CONFIG_FILE_PATH"] || null);
  const flags = {
    ...(args.port === null ? {} : { port: args.port }),
    ...(args.host === null ? {} : { host: args.host }),
  };
  const options = { flags, environment: { ...environment }, cores: availableParallelism() };
  if (named !== null || existsSync(defaultFile)) {
    const file = named ?? defaultFile;
    return {
      description: `probing the deployments of ${file}`,
      file,
      read: () => read({ file, text: null, ...options }),
      listening: () => {},
      stop: async () => {},
    };
  }
  if (environment["NODE_ENV"] === "production") {
    throw new Error(
      "there is no configuration: give --config FILE or CONFIG_FILE_PATH, or put ./config.yaml here " +
        "(the demo fleet does not start with NODE_ENV=production)",
    );
  }
  const simulator = await startSimulator();
  const text = demoConfig(simulator.url, simulator.rawUrl);
  return {
    description:
      "no configuration found: this is the DEMO fleet, simulated on this machine (--config FILE for yours)",
    file: null,
    read: () => read({ file: "demo.yaml", text, ...options }),
    listening: simulator.listening,
    stop: simulator.stop,
  };
}

/** The simulated provider, and its traffic once there is somebody to tell, in a thread of its own. */
async function startSimulator() {
  const worker = new Worker(new URL("../../workers/simulator.ts", import.meta.url));
  const started = await new Promise<{ url: string; rawUrl: string }>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return {
    ...started,
    listening: (target: TrafficTarget) => worker.postMessage(target),
    stop: async () => void (await worker.terminate()),
  };
}
