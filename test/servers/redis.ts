// A real Redis with its own folder and port. It keeps nothing on disk.

import { Redis } from "ioredis";
import { binary } from "./binaries.ts";
import { eventually, freePort, removeFolder, spawnServer, temporaryFolder } from "./process.ts";

export interface RedisServer {
  readonly url: string;
  /** Where it keeps all that is its own. */
  readonly folder: string;
  readonly port: number;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one, with a password if given, and waits until it answers. */
export async function startRedis(
  options: { readonly password?: string } = {},
): Promise<RedisServer> {
  const folder = temporaryFolder("redis");
  const port = await freePort();
  const login = options.password === undefined ? "" : `:${options.password}@`;
  const url = `redis://${login}127.0.0.1:${port}`;
  const launch = () =>
    spawnServer(
      [
        binary("redis"),
        ...[
          "--bind",
          "127.0.0.1",
          "--port",
          String(port),
          "--dir",
          folder,
          "--save",
          "",
          "--appendonly",
          "no",
        ],
        ...(options.password === undefined ? [] : ["--requirepass", options.password]),
      ],
      folder,
    );
  let child = launch();
  await ready(url);
  return {
    url,
    folder,
    port,
    freeze: () => process.kill(child.pid, "SIGSTOP"),
    thaw: () => process.kill(child.pid, "SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async start() {
      child = launch();
      await ready(url);
    },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      removeFolder(folder);
    },
  };
}

async function ready(url: string): Promise<void> {
  await eventually("Redis answers", async () => {
    const client = new Redis(url, {
      lazyConnect: true,
      retryStrategy: () => null,
      connectTimeout: 1000,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.ping()) === "PONG";
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  });
}
