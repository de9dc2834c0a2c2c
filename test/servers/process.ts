// A real server as a child process of the test: a folder and a port of its own. `stop` leaves
// nothing behind. Where a test never gets that far, test/run.ts does: it lends the tests a folder
// for all that is temporary, and ends every process below them.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { binary } from "./binaries.ts";

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `fleetpulse-${name}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A port that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });
}

export function spawnServer(command: readonly string[], cwd: string): Subprocess {
  return Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
}

/** The processes that come from this one, however indirectly. */
export function descendants(pid: number): number[] {
  const ps = Bun.spawnSync([binary("ps"), "-A", "-o", "pid=,ppid="]);
  const rows = ps.stdout
    .toString()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    // What lists them is one of them.
    .filter(([child]) => child !== ps.pid);
  const below = (parent: number): number[] =>
    rows.filter(([, of]) => of === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

/** A process may end between being listed and being told. */
export function signalIfThere(pid: number, signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ESRCH") throw error;
  }
}

/** Ends a process and all that come from it, also frozen ones. */
export function killTree(pid: number): void {
  // The first stands still while its children are listed, so that none is missed.
  signalIfThere(pid, "SIGSTOP");
  const all = descendants(pid);
  for (const one of [pid, ...all]) signalIfThere(one, "SIGKILL");
}

/** Asks until it is true; throws after the bound, with what was waited for. */
export async function eventually(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  boundMs = 40_000,
): Promise<void> {
  const endMs = performance.now() + boundMs;
  while (!(await isTrue())) {
    if (performance.now() > endMs)
      throw new Error(`this did not happen within ${boundMs} ms: ${what}`);
    await Bun.sleep(10);
  }
}
