// Processes that the bench starts: the simulated provider, the service, the load, a bare server.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMiB } from "./process-state.ts";

const root = join(import.meta.dir, "..");
export const folder = mkdtempSync(join(tmpdir(), "fleetpulse-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let services = 0;
/** What a process may take to start, or to end once its time is over. */
const graceSeconds = 60;

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers other than 200, and broken connections. */
  readonly errors: number;
}

/** The line that a process says when it is ready; throws when it ends before, or takes too long. */
export function firstLine(
  stream: ReadableStream<Uint8Array>,
  matches: RegExp,
): Promise<RegExpExecArray> {
  const late = Bun.sleep(graceSeconds * 1000).then(() => {
    throw new Error(`the process did not say ${matches} within ${graceSeconds} s`);
  });
  return Promise.race([lineIn(stream, matches), late]);
}

async function lineIn(
  stream: ReadableStream<Uint8Array>,
  matches: RegExp,
): Promise<RegExpExecArray> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const found = matches.exec(text);
    if (found !== null) return found;
  }
  throw new Error(`the process ended before it said ${matches}: ${text}`);
}

/** A simulated provider in a process of its own. */
export async function startSimulator(latencyMs: number) {
  const child = Bun.spawn(
    [process.execPath, join(root, "workers/simulator.ts"), "--latency-ms", String(latencyMs)],
    {
      stdout: "pipe",
    },
  );
  const [line] = await firstLine(child.stdout, /\{.*\}/);
  const { url } = JSON.parse(line) as { url: string };
  return { url, pid: child.pid, stop: () => child.kill("SIGKILL") };
}

/** The service with this configuration; `startedMs` is when its process was started. */
export async function startService(config: string, environment: Record<string, string> = {}) {
  services += 1;
  const file = join(folder, `config-${services}.yaml`);
  const logFile = join(folder, `service-${services}.log`);
  writeFileSync(file, config);
  const startedMs = performance.now();
  const child = Bun.spawn(
    [process.execPath, join(root, "src/main.ts"), "--config", file, "--port", "0"],
    {
      env: { ...process.env, NODE_ENV: "production", ...environment },
      stdout: "pipe",
      stderr: Bun.file(logFile),
    },
  );
  const [, url = ""] = await firstLine(child.stdout, /listens on (http:\S+)/).catch((cause) => {
    throw new Error(`the service does not start: ${readFileSync(logFile, "utf8")}`, { cause });
  });
  return {
    url,
    pid: child.pid,
    /** Its configuration, which it reads again when it changes. */
    file,
    startedMs,
    residentMiB: () => residentMiB(child.pid),
    /** What it wrote on standard error, but for what is in order. */
    complaints: () =>
      readFileSync(logFile, "utf8")
        .split("\n")
        .filter((line) => line !== "" && !/^\S+ info /.test(line)),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** Resolves when the process says that it is ready. */
    async ready() {
      while ((await fetch(`${url}/health/readiness`)).status !== 200) await Bun.sleep(10);
    },
    counts: async () =>
      (await (
        await fetch(`${url}/health?limit=1`, { signal: AbortSignal.timeout(10_000) })
      ).json()) as {
        healthy_count: number;
        unhealthy_count: number;
        unknown_count: number;
      },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A bare Bun.serve that answers everything with these bytes. */
export async function startBare(bytes: Uint8Array) {
  const file = join(folder, "answer");
  writeFileSync(file, bytes);
  const child = Bun.spawn([process.execPath, join(root, "bench/bare.ts"), file], {
    env: { ...process.env, NODE_ENV: "production" },
    stdout: "pipe",
  });
  const [, url = ""] = await firstLine(child.stdout, /(http:\S+)/);
  return {
    url,
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Requests from a process of its own; `perSecond` 0 as fast as they are answered. */
export async function load(
  url: string,
  connections: number,
  seconds: number,
  perSecond = 0,
): Promise<Load> {
  const child = Bun.spawn(
    [
      process.execPath,
      join(root, "bench/load.ts"),
      url,
      ...[connections, seconds, perSecond].map(String),
    ],
    { stdout: "pipe", timeout: (seconds + graceSeconds) * 1000, killSignal: "SIGKILL" },
  );
  return JSON.parse(await new Response(child.stdout).text()) as Load;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
