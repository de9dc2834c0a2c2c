// What `bun run test` does: gets the servers that the tests need, runs the tests, and ends with one
// line that counts them. All that the tests leave behind when they break off goes with this run:
// their temporary files are in a folder of it, and every process below them is ended.

import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBinaries } from "./servers/binaries.ts";
import { killTree } from "./servers/process.ts";

try {
  ensureBinaries();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "fleetpulse-run-"));
// A server that runs as another user has its folder in here.
chmodSync(folder, 0o711);
const report = join(folder, "junit.xml");

const run = Bun.spawn(
  [
    process.execPath,
    "test",
    "--no-orphans",
    // Files side by side: most of their time is waiting.
    "--parallel",
    // A server of one's own takes its time to start where others start theirs.
    "--timeout=60000",
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...process.argv.slice(2),
  ],
  {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    env: { ...process.env, FORCE_COLOR: "0", TMPDIR: folder },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    killTree(run.pid);
    removeAll();
    process.exit(128 + constants.signals[signal]);
  });
}
const exitCode = await run.exited;
const { passed, failed, skipped } = count(report);
removeAll();
// A run that ended badly without a failed test (a crash, a file that does not load) failed too.
const broken = exitCode !== 0 && failed === 0 ? 1 : 0;
console.log(
  `${passed} passed, ${failed + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exit(exitCode !== 0 || passed === 0 ? 1 : 0);

function removeAll(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function count(file: string): { passed: number; failed: number; skipped: number } {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const root = /<testsuites\b[^>]*>/.exec(text)?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const [tests, failures, skips] = [number("tests"), number("failures"), number("skipped")];
  return { passed: tests - failures - skips, failed: failures, skipped: skips };
}
