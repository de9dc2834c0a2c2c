// A real PostgreSQL with its own data folder and port. It listens on loopback only, and on no
// socket file: the paths of temporary folders can be too long for one.

import { chownSync } from "node:fs";
import postgres from "postgres";
import { binary } from "./binaries.ts";
import {
  descendants,
  eventually,
  freePort,
  killTree,
  removeFolder,
  signalIfThere,
  spawnServer,
  temporaryFolder,
} from "./process.ts";

export interface PostgresServer {
  readonly url: string;
  /** Where it keeps all that is its own. */
  readonly folder: string;
  readonly password: string;
  /** The first of its processes, as it runs now. */
  pid(): number;
  /** Runs one statement on a connection of its own. */
  query(statement: string): Promise<readonly Record<string, unknown>[]>;
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

/** Starts one and waits until it answers; throws with initdb's words where that fails. */
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
      // Whatever language the machine is set to.
      "--no-locale",
      "--encoding=UTF8",
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
        "-c",
        "unix_socket_directories=",
        "-c",
        "listen_addresses=127.0.0.1",
        // In its folder, not in the machine's.
        "-c",
        "dynamic_shared_memory_type=mmap",
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
    folder,
    pid: () => child.pid,
    async query(statement) {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      try {
        return [...(await sql.unsafe(statement))];
      } finally {
        await sql.end();
      }
    },
    password,
    freeze: () => signalAll("SIGSTOP"),
    freezeListener: () => process.kill(child.pid, "SIGSTOP"),
    thaw: () => signalAll("SIGCONT"),
    async kill() {
      killTree(child.pid);
      await child.exited;
    },
    async start() {
      child = launch();
      await ready(url);
    },
    async stop() {
      // Also when it is frozen; ended in order, for only then it gives its shared memory back.
      signalAll("SIGCONT");
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
  return [binary("setpriv"), `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
}
