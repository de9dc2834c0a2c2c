// What is said of a configuration that asks for more probes than it allows.

import type { Settings } from "../config/settings.ts";
import { isPlanned } from "../registry/deployment.ts";
import type { DeploymentList } from "../registry/deployment-list.ts";

/** Null when it does not. How many replicas there are is seen later, so where there may be several it says how many it takes. */
export function rateWarning(
  deployments: DeploymentList,
  { maxRatePerSecond, cluster }: Pick<Settings, "maxRatePerSecond" | "cluster">,
): string | null {
  let perSecond = 0;
  for (let place = 0; place < deployments.length; place += 1) {
    const common = deployments.commonAt(place);
    if (isPlanned(common)) perSecond += 1000 / common.intervalMs;
  }
  if (perSecond <= maxRatePerSecond) return null;
  const asked = `the intervals ask for ${Math.ceil(perSecond)} probes a second and fleetpulse.max_rate allows ${maxRatePerSecond}`;
  const replicas = Math.ceil(perSecond / maxRatePerSecond);
  return cluster === null
    ? `${asked}: probes will be late; raise it, or the interval`
    : `${asked} each replica: with fewer than ${replicas} of them probes will be late; raise it, or the interval`;
}
