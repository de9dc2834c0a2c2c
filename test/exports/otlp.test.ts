import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createOtlpSink, type OtlpOptions } from "../../src/exports/otlp.ts";
import type { Family, Reading } from "../../src/exports/reading.ts";
import type { Sink } from "../../src/exports/sink.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { hear } from "./heard.ts";
import { attributesOf, type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";

let receiver: OtlpReceiver;
let sinks: Sink[] = [];

beforeEach(() => {
  receiver = startOtlpReceiver();
});
afterEach(async () => {
  await receiver.stop();
  for (const sink of sinks) await sink.close();
  sinks = [];
});

function sinkTo(changes: Partial<OtlpOptions> = {}, resolver = createResolver()): Sink {
  const sink = createOtlpSink(
    {
      url: `${receiver.url}/v1/metrics`,
      headers: { authorization: "Basic abc" },
      intervalMs: 1000,
      timeoutMs: 5000,
      temporality: "cumulative",
      attributes: { "service.instance.id": "here" },
      version: "1.2.3",
      ...changes,
    },
    resolver,
  );
  sinks.push(sink);
  return sink;
}

const gauge: Family = {
  name: "fleetpulse_deployment_latency_seconds",
  type: "gauge",
  help: "h",
  points: [{ labels: { model_id: "a" }, value: 0.25 }],
};
const counter = (value: number): Family => ({
  name: "fleetpulse_probes",
  type: "counter",
  help: "h",
  points: [{ labels: { provider: "openai" }, value }],
});
const histogram = (counts: readonly [number, number, number], sum: number): Family => ({
  name: "fleetpulse_probe_duration_seconds",
  type: "histogram",
  help: "h",
  points: [
    { name: "fleetpulse_probe_duration_seconds_bucket", labels: { le: "0.1" }, value: counts[0] },
    { name: "fleetpulse_probe_duration_seconds_bucket", labels: { le: "1" }, value: counts[1] },
    { name: "fleetpulse_probe_duration_seconds_bucket", labels: { le: "+Inf" }, value: counts[2] },
    { name: "fleetpulse_probe_duration_seconds_sum", labels: {}, value: sum },
    { name: "fleetpulse_probe_duration_seconds_count", labels: {}, value: counts[2] },
  ],
});
const reading = (wallMs: number, ...families: Family[]): Reading => ({
  wallMs,
  startMs: 1_000,
  families,
  healthy: true,
  healthyModels: 1,
});
const metric = (name: string, at = -1) =>
  receiver.received.at(at)?.metrics.find((one) => one.name === name);

describe("a push by OTLP", () => {
  test("carries the operator's headers and who this is, compressed", async () => {
    await sinkTo().send(reading(2_000, gauge), hear().report);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({
      path: "/v1/metrics",
      headers: {
        authorization: "Basic abc",
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
      },
      attributes: {
        "service.name": "fleetpulse",
        "service.version": "1.2.3",
        "service.instance.id": "here",
      },
    });
  });

  test("holds gauges with their labels and unit", async () => {
    await sinkTo().send(reading(2_000, gauge), hear().report);
    const sent = metric("fleetpulse_deployment_latency_seconds");
    expect(sent?.unit).toBe("s");
    const [point] = sent?.gauge?.data_points ?? [];
    expect(point).toMatchObject({ as_double: 0.25, time_unix_nano: 2_000 * 1e6 });
    expect(attributesOf(point?.attributes)).toEqual({ model_id: "a" });
  });

  test("holds counters as sums since the start", async () => {
    const sink = sinkTo();
    await sink.send(reading(2_000, counter(5)), hear().report);
    await sink.send(reading(3_000, counter(7)), hear().report);
    expect(metric("fleetpulse_probes")?.sum).toMatchObject({
      aggregation_temporality: 2,
      is_monotonic: true,
      data_points: [
        { as_double: 7, start_time_unix_nano: 1_000 * 1e6, time_unix_nano: 3_000 * 1e6 },
      ],
    });
  });

  test("holds histograms with a count for each bucket by itself", async () => {
    await sinkTo().send(reading(2_000, histogram([1, 3, 4], 2.5)), hear().report);
    const [point] = metric("fleetpulse_probe_duration_seconds")?.histogram?.data_points ?? [];
    expect(point).toMatchObject({
      explicit_bounds: [0.1, 1],
      bucket_counts: [1, 2, 1],
      sum: 2.5,
      count: 4,
    });
  });

  test("of a large fleet is parted into requests of a bounded size", async () => {
    const points = Array.from({ length: 12_000 }, (_, index) => ({
      labels: { model_id: String(index) },
      value: index,
    }));
    const heard = hear();
    await sinkTo().send(reading(2_000, { ...gauge, points }), heard.report);
    expect(receiver.received).toHaveLength(3);
    expect(heard.waiting).toEqual([12_000, 7000, 2000, 0]);
    const sent = receiver.received.flatMap(({ metrics }) =>
      metrics.flatMap((one) => one.gauge?.data_points ?? []),
    );
    expect(sent).toHaveLength(12_000);
    for (const { bytes } of receiver.received) expect(bytes).toBeLessThan(4_000_000);
  });
});

describe("to a receiver that wants what counters grew by", () => {
  test("goes the growth since the last push that was taken", async () => {
    const sink = sinkTo({ temporality: "delta", timeoutMs: 200 });
    await sink.send(reading(2_000, counter(5), histogram([1, 1, 1], 0.05)), hear().report);
    receiver.answer = () => new Response(null, { status: 400 });
    await sink
      .send(reading(3_000, counter(6), histogram([2, 2, 2], 0.1)), hear().report)
      .catch(() => {});
    receiver.answer = () => new Response(null);
    await sink.send(reading(4_000, counter(9), histogram([2, 4, 4], 1.05)), hear().report);
    expect(metric("fleetpulse_probes")?.sum).toMatchObject({
      aggregation_temporality: 1,
      data_points: [
        { as_double: 4, start_time_unix_nano: 2_000 * 1e6, time_unix_nano: 4_000 * 1e6 },
      ],
    });
    expect(metric("fleetpulse_probe_duration_seconds")?.histogram?.data_points[0]).toMatchObject({
      bucket_counts: [1, 2, 0],
      count: 3,
    });
  });

  test("goes the rest of a push of which a part was taken, and nothing twice", async () => {
    const counts = (value: number): Family => ({
      ...counter(0),
      points: Array.from({ length: 12_000 }, (_, index) => ({
        labels: { model_id: String(index) },
        value,
      })),
    });
    const sink = sinkTo({ temporality: "delta", timeoutMs: 200 });
    await sink.send(reading(2_000, counts(5)), hear().report);
    receiver.received.length = 0;
    receiver.answer = () =>
      new Response(null, { status: receiver.received.length === 2 ? 400 : 200 });
    const heard = hear();
    await expect(sink.send(reading(3_000, counts(6)), heard.report)).rejects.toThrow();
    expect(heard.waiting).toEqual([12_000, 7000]);
    receiver.received.splice(1);
    receiver.answer = () => new Response(null);
    await sink.send(reading(4_000, counts(8)), hear().report);
    const points = receiver.received.flatMap(({ metrics }) =>
      metrics.flatMap((one) => one.sum?.data_points ?? []),
    );
    const told = new Map<string, number>();
    for (const { attributes, as_double = 0 } of points) {
      const id = attributesOf(attributes)["model_id"] ?? "";
      told.set(id, (told.get(id) ?? 0) + as_double);
    }
    expect(told.size).toBe(12_000);
    expect(new Set(told.values())).toEqual(new Set([3]));
    // Each from where it was told last.
    expect(new Set(points.map((point) => point.start_time_unix_nano / 1e6))).toEqual(
      new Set([2_000, 3_000]),
    );
  });

  test("a counter that began anew is sent from zero", async () => {
    const sink = sinkTo({ temporality: "delta" });
    await sink.send(reading(2_000, counter(5)), hear().report);
    await sink.send(reading(3_000, counter(2)), hear().report);
    expect(metric("fleetpulse_probes")?.sum?.data_points[0]?.as_double).toBe(2);
  });
});

describe("the name of a receiver", () => {
  test("is found as every name is: asked once, and kept", async () => {
    const asked: string[] = [];
    const resolver = createResolver(async (name) => {
      asked.push(name);
      return [{ address: "127.0.0.1", family: 4, ttl: 60 }];
    });
    const { port } = new URL(receiver.url);
    const sink = sinkTo({ url: `http://receiver.example:${port}/v1/metrics` }, resolver);
    await sink.send(reading(2_000, gauge), hear().report);
    await sink.send(reading(3_000, gauge), hear().report);
    expect(receiver.received.map(({ headers }) => headers["host"])).toEqual([
      `receiver.example:${port}`,
      `receiver.example:${port}`,
    ]);
    expect(asked).toEqual(["receiver.example"]);
  });

  test("that does not resolve makes the push fail", async () => {
    const resolver = createResolver(async () => []);
    const sink = sinkTo({ url: "http://receiver.example/v1/metrics", timeoutMs: 200 }, resolver);
    await expect(sink.send(reading(2_000, gauge), hear().report)).rejects.toThrow();
  });
});

describe("a receiver that", () => {
  test("refuses makes the push fail", async () => {
    receiver.answer = () => new Response("no", { status: 401 });
    await expect(sinkTo().send(reading(2_000, gauge), hear().report)).rejects.toThrow();
  });

  test("hangs makes the push fail within its deadline", async () => {
    receiver.answer = () => new Promise(() => {});
    await expect(
      sinkTo({ timeoutMs: 100 }).send(reading(2_000, gauge), hear().report),
    ).rejects.toThrow();
  });

  test("is not there makes the push fail", async () => {
    await receiver.stop();
    await expect(
      sinkTo({ timeoutMs: 200 }).send(reading(2_000, gauge), hear().report),
    ).rejects.toThrow();
  });
});
