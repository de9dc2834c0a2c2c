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

export interface RedisOptions {
  readonly password?: string;
  /** It speaks TLS only, with this certificate. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** Starts one and waits until it answers. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = temporaryFolder("redis");
  const port = await freePort();
  const login = options.password === undefined ? "" : `:${encodeURIComponent(options.password)}@`;
  const { tls } = options;
  const url = `${tls === undefined ? "redis" : "rediss"}://${login}127.0.0.1:${port}`;
  const listen =
    tls === undefined
      ? ["--port", String(port)]
      : [
          ...["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"],
          ...["--tls-cert-file", tls.certFile, "--tls-key-file", tls.keyFile],
          ...["--tls-ca-cert-file", tls.certFile],
        ];
  const launch = () =>
    spawnServer(
      [
        binary("redis"),
        ...["--bind", "127.0.0.1", ...listen, "--dir", folder, "--save", "", "--appendonly", "no"],
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
      ...(url.startsWith("rediss:") ? { tls: { rejectUnauthorized: false } } : {}),
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
