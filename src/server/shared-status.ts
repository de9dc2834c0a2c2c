// GET /health/shared-status: whether replicas divide the fleet among them, in LiteLLM's fields. There a pod takes a lock and probes for all;
// here every replica has a lease and a share, so what LiteLLM says of the lock is said of this replica's lease, and what it says of
// the cache of the statuses that go through Redis.

import { Elysia } from "elysia";
import { timeOf } from "../clock.ts";
import type { ClusterView } from "./cluster-shown.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";

const off =
  "Replicas do not share: fleetpulse.cluster, or use_shared_health_check with a Redis, is not set.";
const withoutRedis =
  "use_shared_health_check is set and no Redis is configured: this replica probes all deployments.";

export function sharedStatusRoutes(context: ServerContext, gate: Gate) {
  return new Elysia({ name: "shared-status" }).get(
    "/health/shared-status",
    ({ request }) =>
      gate.answer("/health/shared-status", request, () =>
        Response.json(bodyOf(context), { headers: { "cache-control": "no-cache" } }),
      ),
    {
      detail: {
        summary: "How replicas share the fleet",
        description:
          "LiteLLM's fields. There is no single lock: lock_owner is this replica (pod_id) while its lease holds, lock_ttl that lease; the " +
          "cache is what replicas tell each other of through Redis, last_checked_by the one whose status came or went last. " +
          "members are the replicas that the fleet is divided among, with the deployments that each asks; replicas share when cluster " +
          "and fleet are the same.",
        tags: ["process"],
      },
    },
  );
}

function bodyOf({ cluster, clock }: ServerContext) {
  const now = cluster();
  if (now === null) return { shared_health_check_enabled: false, message: off };
  if (now === "off_without_redis") {
    return { shared_health_check_enabled: true, redis_available: false, message: withoutRedis };
  }
  return { shared_health_check_enabled: true, status: statusOf(now, clock.wallMs()) };
}

function statusOf(view: ClusterView, nowMs: number) {
  const { id, node, joined, lastRow } = view;
  const ageMs = lastRow === null ? null : Math.max(0, nowMs - lastRow.atMs);
  return {
    pod_id: id,
    redis_available: view.connected,
    lock_ttl: view.leaseMs / 1000,
    cache_ttl: view.rowsKeptMs / 1000,
    lock_owner: joined ? id : null,
    lock_in_progress: joined,
    cache_available: joined && ageMs !== null && ageMs < view.rowsKeptMs,
    cache_age_seconds: ageMs === null ? null : ageMs / 1000,
    last_checked_by: lastRow?.by ?? null,
    ...(view.error === null ? {} : { error: view.error }),
    cluster: view.name,
    node,
    fleet: view.fingerprint,
    other_fleets: view.otherFleets,
    heartbeat: view.heartbeatMs / 1000,
    last_renewal: timeOf(view.lastRenewalMs ?? 0),
    members: view.members.map((member) => ({
      pod_id: member.id,
      node: member.node,
      owned_deployments: member.owned,
    })),
  };
}
