// Sums over deployments that only ever grow, of what this process asked. A deployment that is taken out of the configuration leaves what it
// counted behind, so a reload never looks like a counter reset; what an earlier process or another replica counted is left out.
//
// A scrape goes through the deployments in slices, and what is kept changes meanwhile, with every row of a peer: each scrape has a copy of
// what is kept, in which a deployment's change counts for as long as its row is not summed yet. Otherwise the sum of such a scrape would be
// too high, and the next one would look like a reset.

import type { Deployment } from "../registry/deployment.ts";
import { latencyBucketCount, latencyBucketsSeconds } from "../table/layout.ts";
import { outcomeClassesMax, outcomeClassNames } from "../table/outcome-class.ts";
import type { Row } from "../table/row.ts";
import type { MetricName } from "./rows.ts";
import { SlotSet } from "./slot-set.ts";
import type { Sample } from "./sources.ts";

interface Totals {
  classCounts: number[];
  latencyBuckets: number[];
  latencySumMicros: number;
  promptTokens: number;
  completionTokens: number;
  costNanoUsd: number;
  costUnknownProbes: number;
  freeProbes: number;
  withheldProbes: number;
  modelChanges: number;
}

export interface ProbeTotals {
  /** Keeps what a deployment counted before its slot is freed. */
  retire(slot: number, deployment: Pick<Deployment, "provider">, row: Row): void;
  /** Leaves out what an earlier process counted: the counters of a process begin at zero. */
  restore(slot: number, deployment: Pick<Deployment, "provider">, row: Row): void;
  /** Leaves out what another replica counted: its row takes the place of the one before. */
  leaveOut(slot: number, deployment: Pick<Deployment, "provider">, before: Row, after: Row): void;
  /** Sums for one scrape, begun with what is kept. */
  begin(): ProbeSums;
}

export interface ProbeSums {
  add(slot: number, deployment: Pick<Deployment, "provider">, row: Row): void;
  samples(): Partial<Record<MetricName, Sample[]>>;
}

/** Of the bounds that durations are counted by, those of `latencyBuckets` are shown; all where it has none of them. */
export function createProbeTotals(latencyBuckets: readonly number[] | null = null): ProbeTotals {
  const wanted = latencyBucketsSeconds.filter((bound) => latencyBuckets?.includes(bound));
  const shown = new Set<number>(wanted.length === 0 ? latencyBucketsSeconds : wanted);
  const kept = new Map<string, Totals>();
  /** Scrapes and pushes under way. One that is given up is forgotten with whoever has it. */
  const open = new Set<WeakRef<OpenSums>>();

  function keep(slot: number, provider: string, row: Row, sign: 1 | -1): void {
    add(kept, provider, row, sign);
    for (const reference of open) {
      const sums = reference.deref();
      if (sums === undefined) open.delete(reference);
      else if (!sums.seen.has(slot)) add(sums.totals, provider, row, sign);
    }
  }

  return {
    retire: (slot, { provider }, row) => keep(slot, provider, row, 1),
    restore: (slot, { provider }, row) => keep(slot, provider, row, -1),
    leaveOut(slot, { provider }, before, after) {
      keep(slot, provider, before, 1);
      keep(slot, provider, after, -1);
    },
    begin() {
      const totals = new Map([...kept].map(([provider, sum]) => [provider, copy(sum)]));
      const sums: OpenSums = { totals, seen: new SlotSet() };
      const reference = new WeakRef(sums);
      open.add(reference);
      return {
        add(slot, { provider }, row) {
          sums.seen.add(slot);
          add(sums.totals, provider, row, 1);
        },
        samples() {
          open.delete(reference);
          return samplesOf(sums.totals, shown);
        },
      };
    },
  };
}

interface OpenSums {
  readonly totals: Map<string, Totals>;
  /** Whose rows are summed. */
  readonly seen: SlotSet;
}

function add(totals: Map<string, Totals>, provider: string, row: Row, sign: 1 | -1): void {
  let sum = totals.get(provider);
  if (sum === undefined) {
    sum = {
      classCounts: new Array<number>(outcomeClassesMax).fill(0),
      latencyBuckets: new Array<number>(latencyBucketCount).fill(0),
      latencySumMicros: 0,
      promptTokens: 0,
      completionTokens: 0,
      costNanoUsd: 0,
      costUnknownProbes: 0,
      freeProbes: 0,
      withheldProbes: 0,
      modelChanges: 0,
    };
    totals.set(provider, sum);
  }
  addCounts(sum.classCounts, row.classCounts, sign);
  addCounts(sum.latencyBuckets, row.latencyBuckets, sign);
  sum.latencySumMicros += sign * row.latencySumMicros;
  sum.promptTokens += sign * row.promptTokens;
  sum.completionTokens += sign * row.completionTokens;
  sum.costNanoUsd += sign * row.costNanoUsd;
  sum.costUnknownProbes += sign * row.costUnknownProbes;
  sum.freeProbes += sign * row.freeProbes;
  sum.withheldProbes += sign * row.withheldProbes;
  sum.modelChanges += sign * row.modelChanges;
}

/** By index: it is done for every deployment of a scrape and of a restart, and an iterator takes ten times as long. */
function addCounts(to: number[], counts: Uint32Array, sign: 1 | -1): void {
  for (let index = 0; index < counts.length; index += 1) {
    to[index] = (to[index] ?? 0) + sign * (counts[index] ?? 0);
  }
}

function copy(totals: Totals): Totals {
  return {
    ...totals,
    classCounts: [...totals.classCounts],
    latencyBuckets: [...totals.latencyBuckets],
  };
}

function samplesOf(
  totals: Map<string, Totals>,
  shown: ReadonlySet<number>,
): Partial<Record<MetricName, Sample[]>> {
  const probes: Sample[] = [];
  const durations: Sample[] = [];
  const tokens: Sample[] = [];
  const cost: Sample[] = [];
  const unknown: Sample[] = [];
  const questions: Sample[] = [];
  const withheld: Sample[] = [];
  const changes: Sample[] = [];
  for (const [provider, sum] of totals) {
    for (const [code, name] of outcomeClassNames.entries()) {
      const count = sum.classCounts[code] ?? 0;
      // Also those that never came: a counter that appears with its first count shows no increase.
      probes.push({ labels: { provider, class: name }, value: count });
    }
    durations.push(...histogram("fleetpulse_probe_duration_seconds", { provider }, sum, shown));
    tokens.push({ labels: { provider, kind: "prompt" }, value: sum.promptTokens });
    tokens.push({ labels: { provider, kind: "completion" }, value: sum.completionTokens });
    cost.push({ labels: { provider }, value: sum.costNanoUsd / 1e9 });
    unknown.push({ labels: { provider }, value: sum.costUnknownProbes });
    const all = sum.classCounts.reduce((ended, count) => ended + count, 0);
    const paid = all - sum.freeProbes;
    questions.push({ labels: { provider, question: "completion" }, value: paid });
    questions.push({ labels: { provider, question: "metadata" }, value: sum.freeProbes });
    withheld.push({ labels: { provider }, value: sum.withheldProbes });
    changes.push({ labels: { provider }, value: sum.modelChanges });
  }
  return {
    fleetpulse_probes: probes,
    fleetpulse_probe_duration_seconds: durations,
    fleetpulse_probe_tokens: tokens,
    fleetpulse_probe_cost_usd: cost,
    fleetpulse_probe_cost_unknown: unknown,
    fleetpulse_probe_questions: questions,
    fleetpulse_probe_withheld: withheld,
    fleetpulse_model_changes: changes,
  };
}

/** The parts of a classic histogram: cumulative buckets, sum and count. */
function histogram(
  name: MetricName,
  labels: Readonly<Record<string, string>>,
  sum: Pick<Totals, "latencyBuckets" | "latencySumMicros">,
  shown: ReadonlySet<number>,
): Sample[] {
  const samples: Sample[] = [];
  let count = 0;
  for (const [index, inBucket] of sum.latencyBuckets.entries()) {
    count += inBucket;
    const bound = latencyBucketsSeconds[index];
    if (bound !== undefined && !shown.has(bound)) continue;
    const le = bound === undefined ? "+Inf" : String(bound);
    samples.push({ name: `${name}_bucket`, labels: { ...labels, le }, value: count });
  }
  samples.push({ name: `${name}_sum`, labels, value: sum.latencySumMicros / 1e6 });
  samples.push({ name: `${name}_count`, labels, value: count });
  return samples;
}
