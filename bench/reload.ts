// Another configuration for a service that runs.

import { writeFileSync } from "node:fs";
import { eventually } from "../test/servers/process.ts";
import { ask, sumOf } from "./asker.ts";

const boundMs = 120_000;
const pauseMs = 200;

/** Resolves when the service has taken it over. */
export async function reload(
  service: { readonly url: string; readonly file: string },
  config: string,
): Promise<void> {
  const reloads = async () =>
    sumOf(
      (await ask(`${service.url}/metrics`)).body,
      "fleetpulse_config_reloads_total",
      'result="applied"',
    );
  const before = await reloads();
  writeFileSync(service.file, config);
  await eventually(
    "the service reads its configuration again",
    async () => {
      await Bun.sleep(pauseMs);
      return (await reloads()) > before;
    },
    boundMs,
  );
}
