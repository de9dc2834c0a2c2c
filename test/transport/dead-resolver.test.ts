import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";

const folder = mkdtempSync(join(tmpdir(), "fleetpulse-dns-"));
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A shell in which /etc/resolv.conf is this file; not every machine lets one have such a thing. */
function inNamespace(resolvConf: string, command: readonly string[]): string[] {
  const script = `mount --bind ${resolvConf} /etc/resolv.conf && exec "$@"`;
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  return ["unshare", ...user, "--mount", "sh", "-c", script, "sh", ...command];
}

function freeUdpPort(): number {
  // Nobody takes a port of this range by himself (ip(7), ip_local_port_range).
  return 20_000 + (process.pid % 10_000);
}

const port = freeUdpPort();
const resolvConf = join(folder, "resolv.conf");
writeFileSync(resolvConf, `nameserver 127.0.0.1:${port}\noptions timeout:20 attempts:2\n`);
const isAllowed =
  Bun.which("unshare") !== null && Bun.spawnSync(inNamespace(resolvConf, ["true"])).exitCode === 0;

/** `ownPort` 0: it takes any, and sets the servers of its process itself. */
const besideDeadNames = (ownPort: number) => [
  process.execPath,
  join(import.meta.dir, "dead-resolver.ts"),
  String(ownPort),
  // No host file knows this name, nor any resolver but that one.
  postgres.url.replace("@127.0.0.1:", "@ok-database.example:"),
];

async function printed(command: readonly string[]): Promise<unknown> {
  const child = Bun.spawn([...command], { stdout: "pipe" });
  return JSON.parse(await new Response(child.stdout).text());
}

/** All of the well are done before any of the dead is. */
const expected = { well: 50, connectedAnew: 5, fileRead: true, dead: 500, ended: 0 };

test("500 names on a dead resolver hold up no other name, no database that is connected to anew and no file", async () => {
  expect(await printed(besideDeadNames(0))).toEqual(expected);
}, 60_000);

test.skipIf(!isAllowed)(
  "nor do they where the system's own configuration names the dead resolver",
  async () => {
    expect(await printed(inNamespace(resolvConf, besideDeadNames(port)))).toEqual(expected);
  },
  60_000,
);
