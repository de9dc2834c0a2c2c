// What a deployment that is only tried out would be asked. A key of the environment goes to its provider's own address
// only: who names an address of his own must bring the key, or anybody could have ours sent to himself.

import type { ModelEntry } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import type { Deployment } from "./deployment.ts";
import { allRows } from "./providers.ts";
import { resolveDeployments } from "./resolve.ts";

const keyVariables: ReadonlySet<string> = new Set(
  allRows.flatMap(({ keyEnv, logins }) => [...keyEnv, ...(logins ?? [])]),
);

/** A probe takes no longer, whatever `health_check_timeout` says. */
const totalMaxMs = 120_000;

/** `ownAddress`: the client named the address, not we. */
export function resolveTrial(
  entry: ModelEntry,
  settings: Settings,
  environment: Readonly<Record<string, string>>,
  ownAddress: boolean,
): Deployment {
  const info = { ...entry.info };
  // What keeps a deployment from being probed by itself says nothing of one that somebody wants tested.
  delete info["supported_environments"];
  delete info["disable_background_health_check"];
  const variables = Object.entries(environment).filter(
    ([name]) => !ownAddress || !keyVariables.has(name),
  );
  const { deployments } = resolveDeployments(
    [{ ...entry, info }],
    { ...settings, probingEnabled: true, modelGroups: null },
    Object.fromEntries(variables),
  );
  const [deployment] = deployments;
  if (deployment === undefined) throw new Error("an entry resolves to a deployment");
  const { connectMs, firstByteMs, totalMs } = deployment.deadlines;
  const within = (ms: number) => Math.min(ms, totalMaxMs);
  return {
    ...deployment,
    deadlines: {
      connectMs: within(connectMs),
      firstByteMs: within(firstByteMs),
      totalMs: within(totalMs),
    },
  };
}
