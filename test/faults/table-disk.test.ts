// A table file on a disk that is full: a small one, mounted where only the service sees it, which takes root.

import { afterEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { eventually, killTree, removeFolder, temporaryFolder } from "../servers/process.ts";

const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  Bun.spawnSync(["unshare", "--mount", "true"], { stdout: "ignore", stderr: "ignore" }).success;
if (!canMount) console.warn("a table file on a full disk is not shown: mounting one takes root");

const script = 'mount -t tmpfs -o size=2m tmpfs "$1/disk" && cd "$1" && exec "$2" "$3" --port 0';
const main = join(import.meta.dir, "../../src/main.ts");

let service: Subprocess | null = null;
afterEach(async () => {
  if (service === null) return;
  killTree(service.pid);
  await service.exited;
});

function config(deployments: number): string {
  const models = Array.from(
    { length: deployments },
    (_, index) => `  - model_name: m
    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:1/v1", api_key: sk-x}
    model_info: {id: "id-${index}"}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {table_file: disk/fleet.table, history: false, interval: 600}\n`;
}

test.skipIf(!canMount)(
  "a configuration for which the disk has no room is refused, and the running one stays",
  async () => {
    const folder = temporaryFolder("table-disk");
    mkdirSync(join(folder, "disk"));
    const file = join(folder, "config.yaml");
    writeFileSync(file, config(3));
    const child = Bun.spawn(
      ["unshare", "--mount", "sh", "-c", script, "sh", folder, process.execPath, main],
      { env: { PATH: process.env["PATH"] ?? "" }, stdout: "pipe", stderr: "pipe" },
    );
    service = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      void (async () => {
        for await (const chunk of stream) output += new TextDecoder().decode(chunk);
      })();
    }
    await eventually("the service listens", () => output.includes("listens on"));
    const url = /listens on (http:\S+)/.exec(output)?.[1] ?? "";
    const shown = async () => {
      const answer = await fetch(`${url}/health`, { keepalive: false });
      const health = (await answer.json()) as { healthy_count: number; unhealthy_count: number };
      return health.healthy_count + health.unhealthy_count;
    };
    await eventually("all three are known", async () => (await shown()) === 3);

    writeFileSync(file, config(3000));
    await eventually("the new configuration is refused", () =>
      output.includes("the new configuration is refused, the running one stays"),
    );
    expect(output).toContain("ENOSPC");
    expect(await shown()).toBe(3);

    // One for which there is room is taken.
    writeFileSync(file, config(4));
    await eventually("the fourth is known", async () => (await shown()) === 4);
    removeFolder(folder);
  },
  30_000,
);
