// OTLP over HTTP, as Grafana Cloud, New Relic, DataDog and collectors take it: protobuf, compressed. The exporter is OpenTelemetry's own;
// it tries again by itself within its deadline, where the receiver says that this helps. (opentelemetry.io/docs/specs/otlp)

import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { Resolver } from "../transport/resolver.ts";
import { otlpAgents } from "./otlp-agent.ts";
import { OtlpData, pointsIn, type Temporality } from "./otlp-data.ts";
import type { Sink } from "./sink.ts";

export interface OtlpOptions {
  /** Of the metrics, with its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly temporality: Temporality;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: string;
}

type Exporter = Pick<OTLPMetricExporter, "export" | "shutdown">;
type ExporterConfig = ConstructorParameters<typeof OTLPMetricExporter>[0];

export function createOtlpSink(options: OtlpOptions, resolver: Resolver): Sink {
  const { url, headers, timeoutMs } = options;
  const exporter: Exporter = new OTLPMetricExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    // CompressionAlgorithm.GZIP, whose enum is not exported.
    compression: "gzip",
    httpAgentOptions: otlpAgents(resolver, process.env),
  } as unknown as ExporterConfig);
  const resource = resourceFromAttributes({
    "service.name": "fleetpulse",
    "service.version": options.version,
    ...options.attributes,
  });
  const data = new OtlpData(resource, options.version, options.temporality);

  return {
    name: "otlp",
    intervalMs: options.intervalMs,
    async send(reading, report) {
      const requests = data.requestsOf(reading);
      let waiting = requests.reduce((sum, request) => sum + pointsIn(request), 0);
      report.waiting(waiting);
      for (const request of requests) {
        await exported(exporter, request);
        data.taken(request);
        waiting -= pointsIn(request);
        report.waiting(waiting);
      }
    },
    close: () => exporter.shutdown(),
  };
}

function exported(exporter: Exporter, request: ResourceMetrics): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(request, ({ code, error }) => {
      // ExportResultCode.SUCCESS
      if (code === 0) resolve();
      else reject(error ?? new Error("the receiver did not take it"));
    });
  });
}
