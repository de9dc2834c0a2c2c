// Reads a configuration and makes deployments of it. A large one is read by a thread of its own, which ends with it: what reading leaves
// behind is several times what is kept, and a thread that goes on keeps the room for it (of 100,000 deployments some 100 MB).

import { statSync } from "node:fs";
import { type MessagePort, Worker } from "node:worker_threads";
import type { Config } from "../config/config.ts";
import { type ConfigMessage, configOfMessage, messageOfConfig } from "../config/config-message.ts";
import { parseConfig, type ReadOptions, readConfig, readText } from "../config/read.ts";
import { ConfigError, type ConfigProblem } from "../errors.ts";
import {
  DeploymentList,
  type PackedDeployments,
  packDeployments,
  transferOf,
} from "../registry/deployment-list.ts";
import { withPrices } from "../registry/price.ts";
import { resolveDeployments } from "../registry/resolve.ts";
import { giveBackNow } from "../threads/give-back.ts";

/** What is to be read: plain data. */
export interface ReadOrder extends Omit<ReadOptions, "readFile"> {
  /** Instead of what is in the file. */
  readonly text: string | null;
}

/** The configuration is there first; what is made of its entries takes as long again. */
export interface Reading {
  readonly config: Config;
  readonly fleet: () => Promise<ReadFleet>;
}

export interface ReadFleet {
  readonly deployments: DeploymentList;
  /** Model groups that they are of. */
  readonly groups: number;
  readonly warnings: readonly string[];
}

export type FromReader =
  | { readonly type: "config"; readonly config: ConfigMessage }
  | (Omit<ReadFleet, "deployments"> & {
      readonly type: "fleet";
      readonly packed: PackedDeployments;
    })
  | {
      readonly type: "wrong";
      readonly problems: readonly ConfigProblem[];
      readonly files: readonly string[];
    };

/**
 * Files of this many bytes in all, some 15,000 deployments, are read at once: a thread has to start, and what its engine has learnt
 * to do fast ends with it. With 10,000 that took 80 ms of a restart and saved no memory.
 */
const readHereBytesMax = 4 * 1024 * 1024;

/** Throws ConfigError with everything that is wrong. */
export async function read(order: ReadOrder): Promise<Reading> {
  let left = readHereBytesMax;
  const readSmall = (path: string) => {
    left -= sizeOf(path);
    if (left < 0) throw new Error("too large to be read here");
    return readText(path);
  };
  try {
    const config = configOf(order, readSmall);
    if (left >= 0) return { config, fleet: async () => unpacked(await fleetOf(config)) };
  } catch (error) {
    if (left >= 0) throw error;
  }
  return await readInThread(order);
}

/** The body of the thread. Its entry is workers/reader.ts. */
export async function runReader(port: MessagePort, order: ReadOrder): Promise<void> {
  const say = (message: FromReader, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  try {
    const config = configOf(order, readText);
    say({ type: "config", config: messageOfConfig(config) });
    const fleet = await fleetOf(config);
    say({ type: "fleet", ...fleet }, transferOf(fleet.packed));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    say({ type: "wrong", problems: error.problems, files: error.files });
  }
}

function readInThread(order: ReadOrder): Promise<Reading> {
  const worker = new Worker(new URL("../../workers/reader.ts", import.meta.url), {
    workerData: order,
  });
  const started = Promise.withResolvers<Reading>();
  const ended = Promise.withResolvers<ReadFleet>();
  // Whoever never got a configuration asks for no fleet.
  ended.promise.catch(() => {});
  const fail = (error: Error) => {
    started.reject(error);
    ended.reject(error);
  };
  worker.on("message", (message: FromReader) => {
    switch (message.type) {
      case "config":
        started.resolve({ config: configOfMessage(message.config), fleet: () => ended.promise });
        return;
      case "fleet":
        ended.resolve(unpacked(message));
        break;
      case "wrong":
        fail(new ConfigError(message.problems, message.files));
        break;
      default:
        message satisfies never;
    }
    void worker.terminate();
  });
  worker.on("error", (error) => {
    // The first line only: what follows can hold source excerpts.
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    fail(new Error(`the configuration could not be read: ${line}`));
  });
  worker.on("exit", () => fail(new Error("the configuration could not be read: its thread ended")));
  return started.promise;
}

function configOf({ text, ...options }: ReadOrder, readFile: (path: string) => string): Config {
  return text === null
    ? readConfig({ ...options, readFile })
    : parseConfig(text, { ...options, readFile });
}

function unpacked({ packed, groups, warnings }: Omit<FromReader & { type: "fleet" }, "type">) {
  return { deployments: new DeploymentList(packed), groups, warnings };
}

/** What the configuration makes of its entries, which are no more afterwards. */
async function fleetOf(config: Config) {
  const entries = config.entries.splice(0);
  // The text and its tree are no more either.
  giveBackNow(entries.length);
  const { deployments, warnings } = resolveDeployments(
    entries,
    config.settings,
    config.environment,
  );
  return {
    packed: packDeployments(await withPrices(deployments)),
    groups: new Set(deployments.map(({ modelName }) => modelName)).size,
    warnings,
  };
}

/** 0 where there is none: whoever reads it says why. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
