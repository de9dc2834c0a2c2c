import { expect, test } from "bun:test";
import { rateWarning } from "../../src/cli/rate-warning.ts";
import { viewOf } from "../../src/cli/sharing.ts";
import type { ClusterState } from "../../src/cluster/cluster-state.ts";
import { DeploymentList } from "../../src/registry/deployment-list.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

const state: ClusterState = {
  ...{ name: "c", id: "1", node: "one", fingerprint: "f", connected: true, joined: true },
  ...{
    error: null,
    members: [],
    owned: 2,
    heartbeatMs: 2000,
    leaseMs: 3000,
    changes: 0,
    otherFleets: 0,
  },
  rows: { published: 0, received: 0, refused: 0, stale: 0 },
  orders: { sent: 0, received: 0, refused: 0 },
  rowsKeptMs: 1,
  lastRenewalMs: 10_999,
  lastRow: { atMs: 20_100, by: "1" },
};

test("of what changes all the time people are shown something new once a second", () => {
  const first = viewOf(state, null);
  expect(first).toMatchObject({ lastRenewalMs: 10_000, lastRow: { atMs: 20_000, by: "1" } });
  const within = viewOf({ ...state, changes: 5, lastRow: { atMs: 20_900, by: "2" } }, first);
  expect(within).toEqual(first);
  const after = viewOf({ ...state, lastRow: { atMs: 21_000, by: "2" } }, within);
  expect(after.lastRow).toEqual({ atMs: 21_000, by: "2" });
});

test("a rate that one replica cannot keep is told with how many could, where there may be several", () => {
  const list = DeploymentList.of(Array.from({ length: 30 }, (_, slot) => deployment(slot)));
  const perSecond = (30 * 1000) / list.commonAt(0).intervalMs;
  const rate = (share: number, cluster: string | null) =>
    rateWarning(list, { maxRatePerSecond: perSecond * share, cluster });
  expect(rate(1, null)).toBeNull();
  expect(rate(0.4, null)).toContain("probes will be late");
  expect(rate(0.4, "c")).toContain("with fewer than 3 of them");
});
