// What is shown of the replicas that divide the fleet among them.

import type { ClusterState } from "../cluster/cluster-state.ts";

/**
 * The replicas that divide the fleet among them, as this one sees it. `off_without_redis`: it is asked for, and there is no Redis to do it
 * over.
 */
export type ClusterShown = "off_without_redis" | ClusterView;

/** Without what is counted, which changes all the time and is for metrics. */
export type ClusterView = Omit<ClusterState, "owned" | "changes" | "rows" | "orders">;
