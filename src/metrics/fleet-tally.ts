// What is counted over the whole fleet while a scrape goes through it.

import type { Deployment } from "../registry/deployment.ts";
import { type Row, type State, stateOf, states } from "../table/row.ts";
import type { ProbeTotals } from "./probe-totals.ts";
import type { MetricName } from "./rows.ts";
import type { Sample } from "./sources.ts";

export interface FleetTally {
  add(deployment: Deployment, row: Row): void;
  samples(): FleetSamples & Partial<Record<MetricName, readonly Sample[]>>;
}

interface FleetSamples {
  readonly fleetpulse_deployments: readonly Sample[];
  readonly fleetpulse_model_groups: readonly Sample[];
}

const groupStates = ["up", "down", "unknown"] as const;
type GroupState = (typeof groupStates)[number];

export function tallyFleet(totals: ProbeTotals): FleetTally {
  const counts = new Map<State, number>(states.map((state) => [state, 0]));
  const groups = new Map<string, GroupState>();
  const sums = totals.begin();
  return {
    add(deployment, row) {
      const state = stateOf(row);
      counts.set(state, (counts.get(state) ?? 0) + 1);
      const known = groups.get(deployment.modelName);
      const now = state === "unknown" ? "unknown" : state === "unhealthy" ? "down" : "up";
      if (known === undefined || (known !== "up" && now !== "unknown")) {
        groups.set(deployment.modelName, now);
      }
      sums.add(deployment, row);
    },
    samples: () => ({
      fleetpulse_deployments: [...counts].map(([state, value]) => ({ labels: { state }, value })),
      fleetpulse_model_groups: groupStates.map((state) => ({
        labels: { state },
        value: [...groups.values()].filter((group) => group === state).length,
      })),
      ...sums.samples(),
    }),
  };
}
