// A real PostgreSQL with its own data folder and port.

import { chownSync } from "node:fs";
import postgres from "postgres";
import { binary } from "./binaries.ts";
import { eventually, freePort, removeFolder, spawnServer, temporaryFolder } from "./process.ts";

export interface PostgresServer {
  readonly url: string;
  readonly password: string;
  /** Stops answering without closing anything (SIGSTOP). */
  freeze(): void;
  /** Takes no new connections, and answers on those that are open. */
  freezeListener(): void;
  thaw(): void;
  /** Ends at once, without a word to its clients. */
  kill(): Promise<void>;
  /** Starts again after `kill`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const password = "pg-secret-password";

export async function startPostgres(): Promise<PostgresServer> {
  const folder = temporaryFolder("postgres");
  const port = await freePort();
  const data = `${folder}/data`;
  const asUser = ordinaryUser(folder);
  await Bun.write(`${folder}/password`, password);
  const made = Bun.spawnSync(
    [
      ...asUser,
      binary("initdb"),
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      "--no-sync",
      `--pwfile=${folder}/password`,
    ],
    { cwd: folder, stdout: "ignore", stderr: "pipe" },
  );
  if (made.exitCode !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

  const launch = () =>
    spawnServer(
      [
        ...asUser,
        binary("postgres"),
        "-D",
        data,
        "-p",
        String(port),
        "-k",
        folder,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
      ],
      folder,
    );
  let child = launch();
  await ready(url);

  /** All processes of the server: freezing only the first would leave its children answering. */
  const signalAll = (signal: "SIGSTOP" | "SIGCONT") => {
    for (const pid of [child.pid, ...descendants(child.pid)]) signalIfThere(pid, signal);
  };
  return {
    url,
    password,
    freeze: () => signalAll("SIGSTOP"),
    freezeListener: () => process.kill(child.pid, "SIGSTOP"),
    thaw: () => signalAll("SIGCONT"),
    async kill() {
      // The first stands still while its children are listed, so that none is missed and none is gone.
      process.kill(child.pid, "SIGSTOP");
      const all = descendants(child.pid);
      child.kill("SIGKILL");
      for (const pid of all) signalIfThere(pid, "SIGKILL");
      await child.exited;
    },
    async start() {
      child = launch();
      await ready(url);
    },
    async stop() {
      child.kill("SIGQUIT");
      await child.exited;
      removeFolder(folder);
    },
  };
}

async function ready(url: string): Promise<void> {
  await eventually("PostgreSQL answers", async () => {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return true;
    } catch {
      return false;
    } finally {
      await sql.end({ timeout: 0 });
    }
  });
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`, who gets the folder. */
function ordinaryUser(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  const nobody = 65_534;
  chownSync(folder, nobody, nobody);
  return ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
}

/** A child may end between being listed and being told. */
function signalIfThere(pid: number, signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ESRCH") throw error;
  }
}

function descendants(pid: number): number[] {
  const { stdout } = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(pid)]);
  const children = stdout.toString().split(/\s+/).filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
