import { describe, expect, test } from "bun:test";
import { exposedName, metricRows } from "../../src/metrics/rows.ts";
import type { TrafficReading } from "../../src/metrics/sources.ts";
import {
  type TrafficMetric,
  trafficPoints,
  writeTrafficLines,
} from "../../src/metrics/traffic-lines.ts";
import { binary } from "../servers/binaries.ts";

const reading: TrafficReading = {
  classes: [
    ["ok", 3],
    ["timeout", 0],
    ["rate_limited", 1],
  ],
  duration: { bounds: [0.5, 1], counts: [1, 1, 1], sumSeconds: 4.25 },
  firstToken: { bounds: [0.1], counts: [2, 0], sumSeconds: 0.125 },
  promptTokens: 30,
  completionTokens: 60,
  costUsd: 0.0375,
  litellm: null,
};
const labels = { model_name: 'a "quoted"\\name', model_id: "a", provider: "openai" };

function text(openMetrics: boolean): string {
  const lines = writeTrafficLines(openMetrics);
  lines.add(labels, reading);
  return lines
    .pieces()
    .map((piece) => Buffer.from(piece).toString())
    .join("");
}

describe("the series of traffic", () => {
  test("satisfy promtool", async () => {
    const promtool = Bun.spawn([binary("promtool"), "check", "metrics"], {
      stdin: new Blob([text(false)]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const said =
      (await new Response(promtool.stdout).text()) + (await new Response(promtool.stderr).text());
    expect(said).toBe("");
    expect(await promtool.exited).toBe(0);
  });

  test("have cumulative buckets, and no line of a class that never was", () => {
    const lines = text(false).split("\n");
    const own = 'model_name="a \\"quoted\\"\\\\name",model_id="a",provider="openai"';
    for (const line of [
      `fleetpulse_traffic_requests_total{${own},class="rate_limited"} 1`,
      `fleetpulse_traffic_request_duration_seconds_bucket{${own},le="1"} 2`,
      `fleetpulse_traffic_request_duration_seconds_bucket{${own},le="+Inf"} 3`,
      `fleetpulse_traffic_request_duration_seconds_count{${own}} 3`,
      `fleetpulse_traffic_cost_usd_total{${own}} 0.0375`,
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.join()).not.toContain("timeout");
  });

  test("have whole bounds with a point where OpenMetrics is asked for", () => {
    const bounds = (openMetrics: boolean) => [...text(openMetrics).matchAll(/le="([^"]*)"/g)];
    expect(bounds(true).map(([, le]) => le)).toEqual(["0.5", "1.0", "+Inf", "0.1", "+Inf"]);
    expect(bounds(false).map(([, le]) => le)).toEqual(["0.5", "1", "+Inf", "0.1", "+Inf"]);
  });

  test("are the same numbers as points", () => {
    const points = Object.entries(trafficPoints([[labels, reading]], 1)).flatMap(
      ([metric, samples]) =>
        samples.map(({ name, labels: own, value }) => {
          const exposed = name ?? exposedName(metric as TrafficMetric);
          return `${exposed} ${Object.values(own).slice(3).join()} ${value}`;
        }),
    );
    const lines = text(false)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [, name = "", own = "", value = ""] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
        const more = [...own.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].slice(3);
        return `${name} ${more.map(([, , label]) => label).join()} ${value}`;
      });
    expect(points.sort()).toEqual(lines.sort());
  });

  test("are points of so many sets of labels as are wanted", () => {
    const points = trafficPoints(Array(5).fill([labels, reading]), 2);
    expect(points.fleetpulse_traffic_cost_usd).toHaveLength(2);
  });

  test("have the labels of their rows", () => {
    for (const [metric, samples] of Object.entries(trafficPoints([[labels, reading]], 1))) {
      for (const sample of samples) {
        const names = Object.keys(sample.labels).filter((name) => name !== "le");
        expect(names).toEqual([...metricRows[metric as TrafficMetric].labels]);
      }
    }
  });
});
