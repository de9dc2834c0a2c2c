// The exposition: rows and samples through prom-client's registries, one for the Prometheus text format and one for
// OpenMetrics. The service keeps its numbers in the table; prom-client formats them, and is loaded with the first scrape: it
// takes longer to load (25 ms) than anything else of a start.

import type { Metric, Registry as PromRegistry, RegistryContentType } from "prom-client";
import type { Deployment } from "../registry/deployment.ts";
import type { Row } from "../table/row.ts";
import { collect, type Samples } from "./collect.ts";
import { deploymentMetrics, writeDeploymentLines } from "./deployment-lines.ts";
import { addPoints, noPoints } from "./deployment-points.ts";
import { canonicalBound } from "./exposition-text.ts";
import { tallyFleet } from "./fleet-tally.ts";
import { createKeptDeployments, type Known, type Pass } from "./kept-deployments.ts";
import { watchLag } from "./lag.ts";
import { type LitellmLines, writeLitellmLines } from "./litellm-lines.ts";
import { createProbeTotals } from "./probe-totals.ts";
import { exposedName, type MetricName, metricNames, metricRows } from "./rows.ts";
import { gzipped, sharedBytesOf } from "./shared-bytes.ts";
import type { MetricSources, Sample, Serving } from "./sources.ts";
import { trafficMetrics, trafficPoints, writeTrafficLines } from "./traffic-lines.ts";

/** What a scraper understands. */
export interface Form {
  readonly openMetrics: boolean;
  readonly gzip: boolean;
}

export interface Exposition {
  readonly contentType: string;
  readonly encoding: "gzip" | null;
  /** UTF-8, in order. */
  readonly pieces: readonly SharedArrayBuffer[];
}

export interface Metrics {
  /** All metrics as they are now. */
  expose(form: Form, serving: Serving): Promise<Exposition>;
  /**
   * The same for receivers that are pushed to: without what the serving thread counts, and with the series of a bounded number of
   * deployments. Takes no maximum away from the next scrape.
   */
  read(): Promise<readonly MetricFamily[]>;
  /** Keeps what a deployment counted before its slot is freed. */
  retire(slot: number, deployment: Pick<Deployment, "provider">, row: Row): void;
  /** Leaves out what an earlier process counted. */
  restore(slot: number, deployment: Pick<Deployment, "provider">, row: Row): void;
  /** Leaves out what another replica counted, in the moment in which its row takes the place of the one before. */
  leaveOut(slot: number, deployment: Pick<Deployment, "provider">, before: Row, after: Row): void;
  stop(): void;
}

/** A metric with its values, as plain data. */
export interface MetricFamily {
  readonly name: MetricName;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly points: readonly Sample[];
}

/** What a scrape may take of its thread in one go. */
const sliceMs = 2;
/** Below this, compression costs more than it saves. */
const gzipBytesMin = 1024;

export function createMetrics(sources: MetricSources): Metrics {
  const totals = createProbeTotals(sources.latencyBuckets);
  const lag = watchLag();
  const kept = createKeptDeployments(sources.registry, sources.reader);
  let registries: ReturnType<typeof loadRegistries> | null = null;

  return {
    async expose({ openMetrics, gzip }, serving) {
      const mainLagSeconds = lag.take();
      const fleet = tallyFleet(totals);
      const lines = writeDeploymentLines();
      const pass = kept.begin();
      const litellm = sources.litellmMetrics
        ? writeLitellmLines(openMetrics, sources.reported.exceptionOf)
        : null;
      let left = sources.deploymentsMax().scrape;
      await goThrough(sources, pass, (slot, { deployment, row }) => {
        fleet.add(slot, deployment, row);
        if (left > 0) {
          lines.add(pass.fragments());
          litellm?.addDeployment(deployment, row);
        }
        left -= 1;
      });
      const samples = collect({ sources, fleet, serving, mainLagSeconds });
      registries ??= loadRegistries();
      const { text, open } = await registries;
      const { registry, show } = openMetrics ? open : text;
      show(samples);
      const traffic = await trafficLines(sources, openMetrics, litellm);
      // The fleet's end marks the exposition's (OpenMetrics).
      const rest = sharedBytesOf(await registry.metrics());
      const plain = [...lines.pieces(), ...traffic, rest];
      const length = plain.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const packs = gzip && length > gzipBytesMin;
      return {
        contentType: registry.contentType,
        encoding: packs ? "gzip" : null,
        pieces: packs ? await gzipped(plain) : plain,
      };
    },
    async read() {
      const fleet = tallyFleet(totals);
      const points = noPoints();
      let left = sources.deploymentsMax().push;
      await goThrough(sources, kept.begin(), (slot, { deployment, row }) => {
        fleet.add(slot, deployment, row);
        if (left > 0) addPoints(points, deployment, row);
        left -= 1;
      });
      const samples = {
        ...collect({ sources, fleet, serving: null, mainLagSeconds: null }),
        ...points,
        ...trafficPoints(sources.reported.series(), sources.deploymentsMax().push),
      };
      return Object.entries(samples).map(([key, values]) => {
        const name = key as MetricName;
        const { type, help } = metricRows[name];
        return { name, type, help, points: values };
      });
    },
    retire: totals.retire,
    restore: totals.restore,
    leaveOut: totals.leaveOut,
    stop: lag.stop,
  };
}

/** The whole fleet, in slices: this thread has others to look after. */
async function goThrough(
  { registry }: MetricSources,
  pass: Pass,
  visit: (slot: number, known: Known) => void,
): Promise<void> {
  let sliceEndMs = performance.now() + sliceMs;
  for (const [index, slot] of registry.slots().entries()) {
    const known = pass.at(slot);
    if (known !== null) visit(slot, known);
    if (index % 64 !== 0 || performance.now() < sliceEndMs) continue;
    await new Promise(setImmediate);
    sliceEndMs = performance.now() + sliceMs;
  }
}

async function loadRegistries() {
  const { Registry } = await import("prom-client");
  return {
    text: registryOf(Registry, Registry.PROMETHEUS_CONTENT_TYPE, exposedName),
    open: registryOf(Registry, Registry.OPENMETRICS_CONTENT_TYPE, (name) => name),
  };
}

/** A prom-client registry whose metrics take their values from the samples that are shown to it. */
function registryOf(
  Registry: typeof PromRegistry,
  contentType: RegistryContentType,
  nameOf: (name: MetricName) => string,
) {
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(contentType);
  const isOpen = contentType === Registry.OPENMETRICS_CONTENT_TYPE;
  let current: Samples | null = null;
  for (const name of metricNames) {
    if (deploymentMetrics.has(name) || trafficMetrics.has(name)) continue;
    const row = metricRows[name];
    const metric = {
      name: nameOf(name),
      help: row.help,
      type: row.type,
      aggregator: "sum",
      get: async () => ({
        name: nameOf(name),
        help: row.help,
        type: row.type,
        aggregator: "sum",
        values: (current?.[name as keyof Samples] ?? []).map(({ labels, value, name: part }) =>
          part === undefined
            ? { labels, value }
            : { labels: isOpen ? canonical(labels) : labels, value, metricName: part },
        ),
      }),
    };
    // The registry asks nothing of a metric but these fields; its type wants prom-client's own classes.
    registry.registerMetric(metric as unknown as Metric<string>);
  }
  return {
    registry,
    show(samples: Samples) {
      current = samples;
    },
  };
}

/** Labels of a part of a histogram, with its bound as OpenMetrics writes it. */
function canonical(labels: Sample["labels"]): Sample["labels"] {
  const { le } = labels;
  return le === undefined || le === "+Inf" ? labels : { ...labels, le: canonicalBound(Number(le)) };
}

async function trafficLines(
  { reported }: MetricSources,
  openMetrics: boolean,
  litellm: LitellmLines | null,
) {
  const lines = writeTrafficLines(openMetrics);
  function* steps() {
    for (const [labels, reading] of reported.series()) {
      lines.add(labels, reading);
      litellm?.addTraffic(labels, reading);
      yield;
    }
    if (litellm !== null) yield* litellm.addMerged();
  }
  let sliceEndMs = performance.now() + sliceMs;
  for (const _ of steps()) {
    if (performance.now() < sliceEndMs) continue;
    await new Promise(setImmediate);
    sliceEndMs = performance.now() + sliceMs;
  }
  return [...lines.pieces(), ...(litellm?.pieces() ?? [])];
}
