// Replicas that divide the fleet among them over Redis.

import { type SettingRow, seconds } from "./row.ts";

export const clusterRows = {
  cluster: {
    keys: ["fleetpulse.cluster"],
    value: { kind: "text" },
    byDefault: null,
    help: "Name of the cluster: replicas with this name, one Redis and the same deployments divide them among them.",
  },
  sharedHealthCheck: {
    keys: ["general_settings.use_shared_health_check"],
    fallbacks: ["USE_SHARED_HEALTH_CHECK"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true is a cluster too, where there is a Redis, named after litellm_settings.cache_params.namespace, else default.",
  },
  clusterHeartbeatMs: {
    keys: ["fleetpulse.cluster_heartbeat"],
    value: seconds(0.5, 60),
    byDefault: 2,
    help: "A replica that is gone is noticed, and its share taken over, within two of these.",
  },
} as const satisfies Record<string, SettingRow>;
