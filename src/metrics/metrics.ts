// The exposition: rows and samples through prom-client's registries, one for the Prometheus text format and one for
// OpenMetrics. The service keeps its numbers in the table; prom-client formats them, and is loaded with the first scrape: it
// takes longer to load (25 ms) than anything else of a start.

import type { Metric, Registry as PromRegistry, RegistryContentType } from "prom-client";
import type { Deployment } from "../registry/deployment.ts";
import type { Row } from "../table/row.ts";
import { collect, type Samples } from "./collect.ts";
import { watchLag } from "./lag.ts";
import { createProbeTotals } from "./probe-totals.ts";
import { exposedName, type MetricName, metricNames, metricRows } from "./rows.ts";
import type { MetricSources, Serving } from "./sources.ts";

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface Metrics {
  /** All metrics as they are now. */
  expose(openMetrics: boolean, serving: Serving): Promise<Exposition>;
  /** Keeps what a deployment counted before its slot is freed. */
  retire(deployment: Deployment, row: Row): void;
  /** Leaves out what an earlier process counted. */
  restore(deployment: Deployment, row: Row): void;
  stop(): void;
}

export function createMetrics(sources: MetricSources): Metrics {
  const totals = createProbeTotals();
  const lag = watchLag();
  let registries: ReturnType<typeof loadRegistries> | null = null;

  return {
    async expose(openMetrics, serving) {
      const samples = await collect({ sources, totals, serving, mainLagSeconds: lag.take() });
      registries ??= loadRegistries();
      const { text, open } = await registries;
      const { registry, show } = openMetrics ? open : text;
      show(samples);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    retire: totals.retire,
    restore: totals.restore,
    stop: lag.stop,
  };
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
  let current: Samples | null = null;
  for (const name of metricNames) {
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
        values: (current?.[name] ?? []).map(({ labels, value, name: part }) =>
          part === undefined ? { labels, value } : { labels, value, metricName: part },
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
