// The service as a process of its own, as an operator runs it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

export interface RunningService {
  readonly url: string;
  /** Where it runs, and has its configuration. */
  readonly folder: string;
  readonly child: Subprocess<"ignore", "pipe", "pipe">;
  /** What it printed so far. */
  output(): string;
  get(path: string): Promise<Response>;
  health(): Promise<Health>;
  /** Writes the configuration anew. */
  configure(text: string): void;
}

export interface Health {
  status: string;
  healthy_count: number;
  unhealthy_count: number;
  unknown_count: number;
  healthy_endpoints: Record<string, unknown>[];
  unhealthy_endpoints: Record<string, unknown>[];
  unknown_endpoints: Record<string, unknown>[];
  [key: string]: unknown;
}

const main = join(import.meta.dir, "../../src/main.ts");

/** Starts it in a folder of its own, which is gone when it has ended; `config` null starts without one. */
export async function runService(
  config: string | null,
  options: { readonly args?: readonly string[]; readonly env?: Record<string, string> } = {},
): Promise<RunningService> {
  const folder = temporaryFolder("service");
  const file = join(folder, "config.yaml");
  if (config !== null) writeFileSync(file, config);
  const child = Bun.spawn([process.execPath, main, "--port", "0", ...(options.args ?? [])], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
    })();
  }
  let url = "";
  let ended = false;
  void child.exited.then(() => {
    ended = true;
    removeFolder(folder);
  });
  await eventually("the service says where it listens, or ends", () => {
    url = /listens on (http:\S+)/.exec(output)?.[1] ?? "";
    return url !== "" || ended;
  });
  return {
    url,
    folder,
    child,
    output: () => output,
    get: (path) => fetch(`${url}${path}`, { keepalive: false }),
    health: async () =>
      (await (await fetch(`${url}/health`, { keepalive: false })).json()) as Health,
    configure: (text) => writeFileSync(file, text),
  };
}
