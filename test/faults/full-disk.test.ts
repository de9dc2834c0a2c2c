// PostgreSQL on a disk that is full: a small one, mounted where only its server sees it, which takes root.

import { afterEach, test } from "bun:test";
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import postgres from "postgres";
import { binary } from "../servers/binaries.ts";
import {
  eventually,
  freePort,
  killTree,
  removeFolder,
  spawnServer,
  temporaryFolder,
} from "../servers/process.ts";
import { startRecording } from "./recording.ts";

const nobody = "65534";
const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  Bun.spawnSync(["unshare", "--mount", "true"], { stdout: "ignore", stderr: "ignore" }).success;
if (!canMount) console.warn("PostgreSQL on a full disk is not shown: mounting one takes root");

/** Mounts a small disk in a namespace of its own, makes a cluster on it, and becomes its server. */
const script = `set -eu
disk=$1 port=$2 initdb=$3 postgres=$4
mount -t tmpfs -o size=96m,mode=0700,uid=${nobody},gid=${nobody} tmpfs "$disk"
as="setpriv --reuid=${nobody} --regid=${nobody} --clear-groups"
cd "$disk"
$as "$initdb" -D "$disk/data" -U postgres -A trust --no-locale --encoding=UTF8 --no-sync >/dev/null
exec $as "$postgres" -D "$disk/data" -p "$port" -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c fsync=off \\
  -c dynamic_shared_memory_type=mmap -c shared_buffers=1MB -c max_wal_size=32MB -c min_wal_size=32MB`;

let server: Subprocess | null = null;
afterEach(async () => {
  if (server === null) return;
  killTree(server.pid);
  await server.exited;
});

test.skipIf(!canMount)(
  "history waits while PostgreSQL's disk is full, says so, and is written when there is room again",
  async () => {
    const folder = temporaryFolder("full-disk");
    const disk = join(folder, "disk");
    mkdirSync(disk);
    chownSync(folder, Number(nobody), Number(nobody));
    const port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    server = spawnServer(
      [
        "unshare",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        disk,
        String(port),
        binary("initdb"),
        binary("postgres"),
      ],
      folder,
    );
    const query = async (statement: string): Promise<readonly Record<string, unknown>[]> => {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      try {
        return [...(await sql.unsafe(statement))];
      } finally {
        await sql.end({ timeout: 1 });
      }
    };
    await eventually("PostgreSQL answers", () =>
      query("select 1").then(
        () => true,
        () => false,
      ),
    );
    const there = ["nsenter", `--target=${server.pid}`, "--mount"];
    const filler = join(disk, "filler");
    Bun.spawnSync([...there, "dd", "if=/dev/zero", `of=${filler}`, "bs=4k"]);

    const one = startRecording(url);
    await one.round();
    await one.fails("No space left on device");
    await one.round();
    Bun.spawnSync([...there, "rm", filler]);
    await one.heals();
    await one.round();
    await one.heals();
    await one.expectExactly(query);
    await one.stop();
    killTree(server.pid);
    await server.exited;
    removeFolder(folder);
  },
  60_000,
);
