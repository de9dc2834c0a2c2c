// What a deployment that is only tried out would be asked. A key of the environment goes to its provider's own address
// only: who names an address of his own must bring the key, or anybody could have ours sent to himself.

import type { ModelEntry } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import type { Deployment } from "./deployment.ts";
import { isOfMachine, loginVariables } from "./login/login-of.ts";
import { allRows } from "./providers/all.ts";
import { resolveDeployments } from "./resolve.ts";

const keyVariables: ReadonlySet<string> = new Set([
  ...allRows.flatMap(({ keyEnv }) => keyEnv),
  ...loginVariables,
]);

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
  const [resolved] = deployments;
  if (resolved === undefined) throw new Error("an entry resolves to a deployment");
  const deployment = ownAddress ? withoutMachine(resolved) : resolved;
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

/** What this machine can log in to is nothing for an address that a client named. */
function withoutMachine(deployment: Deployment): Deployment {
  const login = deployment.target?.login;
  if (!login || !isOfMachine(login.source)) return deployment;
  const problem = "there is no key: an address of one's own needs credentials of its own";
  return { ...deployment, target: null, problem, skipped: null };
}
