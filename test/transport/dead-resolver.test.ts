import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "fleetpulse-dns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
writeFileSync(resolvConf, `nameserver 127.0.0.1:${port}\noptions timeout:1 attempts:2\n`);
const isAllowed =
  Bun.which("unshare") !== null && Bun.spawnSync(inNamespace(resolvConf, ["true"])).exitCode === 0;

test.skipIf(!isAllowed)(
  "500 names on a dead resolver hold up no other name and no file: those are done before any of the dead is",
  async () => {
    const child = Bun.spawn(
      inNamespace(resolvConf, [
        process.execPath,
        join(import.meta.dir, "dead-resolver.ts"),
        String(port),
      ]),
      { stdout: "pipe" },
    );
    expect(JSON.parse(await new Response(child.stdout).text())).toEqual({
      well: 50,
      fileRead: true,
      endedBefore: 0,
      dead: 500,
    });
  },
  30_000,
);
