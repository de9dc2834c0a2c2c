// What is counted over the whole fleet while a scrape goes through it.

import type { Deployment } from "../registry/deployment.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { hasMark } from "../table/probe-marks.ts";
import {
  type Row,
  type Source,
  type State,
  sourceOf,
  sources,
  stateOf,
  states,
} from "../table/row.ts";
import { KeyLimits } from "./key-limits.ts";
import type { ProbeTotals } from "./probe-totals.ts";
import type { MetricName } from "./rows.ts";
import type { Sample } from "./sources.ts";

export interface FleetTally {
  add(slot: number, deployment: Deployment, row: Row): void;
  samples(): FleetSamples & Partial<Record<MetricName, readonly Sample[]>>;
}

interface FleetSamples {
  readonly fleetpulse_refused_deployments: readonly Sample[];
  readonly fleetpulse_other_model_deployments: readonly Sample[];
  readonly fleetpulse_key_rate_limit: readonly Sample[];
  readonly fleetpulse_key_rate_limit_remaining: readonly Sample[];
  readonly fleetpulse_folded_keys: readonly Sample[];
  readonly fleetpulse_deployments: readonly Sample[];
  readonly fleetpulse_model_groups: readonly Sample[];
  readonly fleetpulse_statuses: readonly Sample[];
}

const groupStates = ["up", "down", "unknown"] as const;
type GroupState = (typeof groupStates)[number];

export function tallyFleet(totals: ProbeTotals): FleetTally {
  const counts = new Map<State, number>(states.map((state) => [state, 0]));
  const bySource = new Map<Source, number>(sources.map((source) => [source, 0]));
  const groups = new Map<string, GroupState>();
  const sums = totals.begin();
  const keys = new KeyLimits();
  const refused = new Map<string, number>();
  const otherModel = new Map<string, number>();
  return {
    add(slot, deployment, row) {
      const state = stateOf(row);
      counts.set(state, (counts.get(state) ?? 0) + 1);
      if (state !== "unknown") {
        const source = sourceOf(row);
        bySource.set(source, (bySource.get(source) ?? 0) + 1);
      }
      const known = groups.get(deployment.modelName);
      const now = state === "unknown" ? "unknown" : state === "unhealthy" ? "down" : "up";
      if (known === undefined || (known !== "up" && now !== "unknown")) {
        groups.set(deployment.modelName, now);
      }
      sums.add(slot, deployment, row);
      keys.add(deployment, row);
      const { provider } = deployment;
      const isRefused = row.outcomeClass === outcomeClasses.bad_probe.code;
      refused.set(provider, (refused.get(provider) ?? 0) + (isRefused ? 1 : 0));
      const isOther = hasMark(row, "otherModel");
      otherModel.set(provider, (otherModel.get(provider) ?? 0) + (isOther ? 1 : 0));
    },
    samples: () => ({
      fleetpulse_deployments: [...counts].map(([state, value]) => ({ labels: { state }, value })),
      fleetpulse_statuses: [...bySource].map(([source, value]) => ({ labels: { source }, value })),
      fleetpulse_model_groups: groupStates.map((state) => ({
        labels: { state },
        value: [...groups.values()].filter((group) => group === state).length,
      })),
      fleetpulse_refused_deployments: byProvider(refused),
      fleetpulse_other_model_deployments: byProvider(otherModel),
      ...keys.samples(),
      ...sums.samples(),
    }),
  };
}

function byProvider(counts: ReadonlyMap<string, number>): Sample[] {
  return [...counts].map(([provider, value]) => ({ labels: { provider }, value }));
}
