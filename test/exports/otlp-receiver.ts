// An OTLP receiver that reads what comes off the wire by the published schema (the fields that are looked at).
// (github.com/open-telemetry/opentelemetry-proto, metrics/v1/metrics.proto)

import { parse } from "protobufjs";

const schema = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }
message NumberPoint { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; double as_double = 4; sfixed64 as_int = 6; }
message HistogramPoint { repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7; }
message Gauge { repeated NumberPoint data_points = 1; }
message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
message Metric { string name = 1; string description = 2; string unit = 3; Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Request { repeated ResourceMetrics resource_metrics = 1; }
`;
const request = parse(schema, { keepCase: true }).root.lookupType("Request");

interface Attribute {
  readonly key: string;
  readonly value: { readonly string_value?: string };
}

interface WirePoint {
  readonly attributes?: readonly Attribute[];
  readonly start_time_unix_nano: number;
  readonly time_unix_nano: number;
  readonly as_double?: number;
  readonly as_int?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly bucket_counts?: readonly number[];
  readonly explicit_bounds?: readonly number[];
}

interface WireMetric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly data_points: readonly WirePoint[] };
  readonly sum?: {
    readonly data_points: readonly WirePoint[];
    readonly aggregation_temporality: number;
    readonly is_monotonic: boolean;
  };
  readonly histogram?: {
    readonly data_points: readonly WirePoint[];
    readonly aggregation_temporality: number;
  };
}

interface WireRequest {
  readonly resource_metrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scope_metrics: readonly { readonly metrics: readonly WireMetric[] }[];
  }[];
}

export interface Received {
  readonly headers: Record<string, string>;
  readonly path: string;
  readonly attributes: Record<string, string>;
  readonly metrics: readonly WireMetric[];
  readonly bytes: number;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: () => Response | Promise<Response>;
  stop(): Promise<void>;
}

export function startOtlpReceiver(): OtlpReceiver {
  const received: Received[] = [];
  const receiver: OtlpReceiver = {
    url: "",
    received,
    answer: () => new Response(null),
    stop: () => server.stop(true),
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(incoming) {
      const body = new Uint8Array(await incoming.arrayBuffer());
      const headers = incoming.headers.toJSON() as Record<string, string>;
      const bytes = headers["content-encoding"] === "gzip" ? Bun.gunzipSync(body) : body;
      received.push({
        headers,
        path: new URL(incoming.url).pathname,
        bytes: bytes.length,
        ...read(bytes),
      });
      return receiver.answer();
    },
  });
  return Object.assign(receiver, { url: `http://127.0.0.1:${server.port}` });
}

function read(bytes: Uint8Array): Pick<Received, "attributes" | "metrics"> {
  const message = request.toObject(request.decode(bytes), { longs: Number }) as WireRequest;
  const all = message.resource_metrics;
  return {
    attributes: attributesOf(all[0]?.resource.attributes),
    metrics: all.flatMap(({ scope_metrics }) => scope_metrics.flatMap(({ metrics }) => metrics)),
  };
}

export function attributesOf(attributes: readonly Attribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.string_value ?? ""] as const),
  );
}
