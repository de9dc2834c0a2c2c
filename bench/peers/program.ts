// Programs of others: kept in a cache folder between runs, started as children with a log to tell why they did not start.

import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../test/servers/process.ts";
import { folder } from "../processes.ts";

export function cacheFolder(): string {
  const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const own = join(caches, "fleetpulse-bench");
  mkdirSync(own, { recursive: true });
  return own;
}

/** Runs a command to its end; throws with its last words when it fails or takes too long. */
export async function run(
  command: readonly string[],
  cwd: string,
  timeoutMs: number,
): Promise<string> {
  const [program = ""] = command;
  if (Bun.which(program) === null) throw new Error(`there is no ${program} here`);
  const child = Bun.spawn([...command], {
    cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const [said, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (child.exitCode === 0) return said + complaint;
  const reason =
    child.signalCode === null ? lastLine(complaint) : `not done within ${timeoutMs / 1000} s`;
  throw new Error(`${command.slice(0, 3).join(" ")}: ${reason}`);
}

/** Starts a server and waits until this URL of it answers. */
export async function serve(
  command: readonly string[],
  url: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const log = join(folder, `${new URL(url).port}.log`);
  const child = Bun.spawn([...command], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...environment },
    stdin: "ignore",
    stdout: Bun.file(log),
    stderr: Bun.file(log),
  });
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(lastLine(readFileSync(log, "utf8")));
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    return answer?.ok === true;
  };
  const stop = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  try {
    await eventually(`${url} answers`, answers, 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, stop };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}
