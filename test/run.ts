// What `bun run test` does: gets the servers that the tests need, runs the tests, and ends with one line that counts them.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBinaries } from "./servers/binaries.ts";

const folder = mkdtempSync(join(tmpdir(), "fleetpulse-run-"));
const report = join(folder, "junit.xml");

try {
  ensureBinaries();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const run = Bun.spawn(
  [
    process.execPath,
    "test",
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...process.argv.slice(2),
  ],
  {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    env: { ...process.env, FORCE_COLOR: "0" },
  },
);
const exitCode = await run.exited;
const { passed, failed, skipped } = count(report);
rmSync(folder, { recursive: true, force: true });
// A run that ended badly without a failed test (a crash, a file that does not load) is a failure too.
const broken = exitCode !== 0 && failed === 0 ? 1 : 0;
console.log(
  `${passed} passed, ${failed + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exit(exitCode !== 0 || passed === 0 ? 1 : 0);

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
