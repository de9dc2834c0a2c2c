import { describe, expect, test } from "bun:test";
import type { ClusterView } from "../../src/server/cluster-shown.ts";
import { startContext, threeModels, wallMs } from "./context.ts";

const path = "/health/shared-status";

const view: ClusterView = {
  ...{ name: "default", id: "a1", node: "pod-1", fingerprint: "f00d" },
  ...{ connected: true, joined: true, error: null },
  members: [
    { id: "a1", node: "pod-1", owned: 2 },
    { id: "b2", node: "pod-2", owned: 1 },
  ],
  ...{ heartbeatMs: 2000, leaseMs: 3000, lastRenewalMs: wallMs - 500, rowsKeptMs: 86_400_000 },
  otherFleets: 1,
  lastRow: { atMs: wallMs - 1500, by: "b2" },
};

async function asked(cluster: ClusterView | "off_without_redis" | null): Promise<unknown> {
  const server = startContext(threeModels);
  server.state.cluster.shown = cluster;
  const response = await server.get(path);
  expect(response.status).toBe(200);
  return response.json();
}

describe("the status of sharing", () => {
  test("says that nothing is shared, as LiteLLM does", async () => {
    expect(await asked(null)).toEqual({
      shared_health_check_enabled: false,
      message: expect.stringContaining("fleetpulse.cluster"),
    });
  });

  test("says that a Redis is missing, as LiteLLM does", async () => {
    expect(await asked("off_without_redis")).toEqual({
      shared_health_check_enabled: true,
      redis_available: false,
      message: expect.stringContaining("no Redis is configured"),
    });
  });

  test("has LiteLLM's fields, and who has which share", async () => {
    expect(await asked(view)).toEqual({
      shared_health_check_enabled: true,
      status: {
        ...{ pod_id: "a1", redis_available: true, lock_ttl: 3, cache_ttl: 86_400 },
        ...{ lock_owner: "a1", lock_in_progress: true, other_fleets: 1 },
        ...{ cache_available: true, cache_age_seconds: 1.5, last_checked_by: "b2" },
        ...{ cluster: "default", node: "pod-1", fleet: "f00d", heartbeat: 2 },
        last_renewal: new Date(wallMs - 500).toISOString(),
        members: [
          { pod_id: "a1", node: "pod-1", owned_deployments: 2 },
          { pod_id: "b2", node: "pod-2", owned_deployments: 1 },
        ],
      },
    });
  });

  test("owns no lock and has no cache once Redis is away, and says why", async () => {
    const alone = { ...view, connected: false, joined: false, error: "connection refused" };
    expect(await asked({ ...alone, lastRow: null })).toMatchObject({
      status: {
        ...{ redis_available: false, lock_owner: null, lock_in_progress: false },
        ...{ cache_available: false, cache_age_seconds: null, last_checked_by: null },
        error: "connection refused",
      },
    });
  });

  test("takes a row that nobody has renewed for longer than it is kept for no cache", async () => {
    const old = { atMs: wallMs - view.rowsKeptMs - 1, by: "b2" };
    expect(await asked({ ...view, lastRow: old })).toMatchObject({
      status: { cache_available: false },
    });
  });

  test("needs the key", async () => {
    const server = startContext(`${threeModels}\ngeneral_settings: {master_key: sk-1}`);
    expect((await server.get(path)).status).toBe(401);
    expect((await server.get(path, { authorization: "Bearer sk-1" })).status).toBe(200);
  });
});
