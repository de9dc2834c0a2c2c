// A real Prometheus with a folder and port of its own, which scrapes what it is given every second.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "./binaries.ts";
import { eventually, freePort, removeFolder, spawnServer, temporaryFolder } from "./process.ts";

export interface PromSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Prometheus {
  readonly url: string;
  /** What an instant query of now answers with. */
  query(expression: string): Promise<readonly PromSample[]>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** Of the service that is scraped. */
  readonly target: string;
  /** Sent as `Authorization: Bearer`. */
  readonly key?: string;
  /** Files with rules. */
  readonly rules?: readonly string[];
}

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { target, key, rules = [] } = options;
  const folder = temporaryFolder("prometheus");
  const port = await freePort();
  const file = join(folder, "prometheus.yml");
  writeFileSync(
    file,
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: rules,
      scrape_configs: [
        {
          job_name: "fleetpulse",
          ...(key === undefined ? {} : { authorization: { credentials: key } }),
          static_configs: [{ targets: [new URL(target).host] }],
        },
      ],
    }),
  );
  const child = spawnServer(
    [
      binary("prometheus"),
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
  );
  const url = `http://127.0.0.1:${port}`;
  await eventually("Prometheus is ready", async () => {
    const answer = await fetch(`${url}/-/ready`).catch(() => null);
    return answer?.ok === true;
  });
  return {
    url,
    async query(expression) {
      const asked = new URLSearchParams({ query: expression });
      const answer = await fetch(`${url}/api/v1/query?${asked}`);
      const body = (await answer.json()) as {
        readonly status: string;
        readonly error?: string;
        readonly data: { readonly result: readonly PromSample[] };
      };
      if (body.status !== "success") throw new Error(`${expression}: ${body.error}`);
      return body.data.result;
    },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      removeFolder(folder);
    },
  };
}
