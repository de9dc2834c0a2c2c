import { describe, expect, test } from "bun:test";
import { startContext, threeModels } from "../server/context.ts";

async function boundsOf(metric: string, latencyBuckets: readonly number[] | null) {
  const server = startContext(threeModels, { latencyBuckets });
  // The context's probes take 12.5 ms.
  server.say(0, "healthy");
  await server.get("/health");
  const text = await (await server.get("/metrics")).text();
  const found = text.matchAll(new RegExp(`^${metric}_bucket\\{.*le="(.*)"\\} (.*)$`, "gm"));
  const seen = new Map<string, number>();
  for (const [, le = "", value] of found) if (!seen.has(le)) seen.set(le, Number(value));
  return seen;
}

describe("fleetpulse.latency_buckets", () => {
  test("are the bounds of our own answers' durations", async () => {
    const bounds = await boundsOf("fleetpulse_http_request_duration_seconds", [0.2, 60]);
    expect([...bounds.keys()]).toEqual(["0.2", "60", "+Inf"]);
    expect(bounds.get("60")).toBe(1);
  });

  test("choose of the fixed bounds of probes, and what is counted stays counted", async () => {
    const bounds = await boundsOf("fleetpulse_probe_duration_seconds", [0.2, 0.5, 5, 77]);
    expect([...bounds.keys()]).toEqual(["0.5", "5", "+Inf"]);
    expect([...bounds.values()]).toEqual([1, 1, 1]);
  });

  test("leave probes their bounds where none of them is wanted", async () => {
    const bounds = await boundsOf("fleetpulse_probe_duration_seconds", [0.2, 77]);
    expect(bounds.size).toBe(16);
  });
});
