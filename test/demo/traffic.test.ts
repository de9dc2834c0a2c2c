import { expect, test } from "bun:test";
import { parseConfig } from "../../src/config/read.ts";
import { demoConfig } from "../../src/demo/fleet.ts";
import { entriesFrom, startTraffic } from "../../src/demo/traffic.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { readPayload } from "../../src/traffic/payload.ts";
import { eventually } from "../servers/process.ts";

const nowMs = Date.UTC(2026, 0, 2);

test("the demo's traffic is what a proxy reports, of deployments that the demo has", () => {
  const { entries, settings } = parseConfig(
    demoConfig("http://127.0.0.1:1", "http://127.0.0.1:2"),
    {
      file: "demo.yaml",
      flags: {},
      environment: {},
      cores: 1,
    },
  );
  const { deployments } = resolveDeployments(entries, settings, {});
  const groups = new Map(deployments.map(({ modelId, modelName }) => [modelId, modelName]));
  const read = entriesFrom(0, 2000, nowMs).map(readPayload);
  for (const entry of read) {
    if (typeof entry === "string") throw new Error(entry);
    expect(groups.get(entry.modelId ?? "")).toBe(entry.modelName);
  }
  expect(new Set(read.map((entry) => (typeof entry === "string" ? "" : entry.id))).size).toBe(2000);
});

test("some of it fails, in several ways, and most does not", () => {
  const classes = new Map<string, number>();
  for (const given of entriesFrom(0, 2000, nowMs)) {
    const entry = readPayload(given);
    if (typeof entry !== "string") classes.set(entry.class, (classes.get(entry.class) ?? 0) + 1);
  }
  expect(classes.get("ok")).toBeGreaterThan(1500);
  expect([...classes.keys()]).toContainValues(["rate_limited", "auth", "timeout", "server_error"]);
});

test("it is sent as a proxy's callback, with the key", async () => {
  const keys: (string | null)[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      keys.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
      return Response.json({});
    },
  });
  const stop = startTraffic({ url: server.url.href, key: "sk-demo" });
  try {
    await eventually("it was sent twice", () => keys.length >= 2);
    expect(keys[0]).toBe("/callbacks/litellm Bearer sk-demo");
  } finally {
    stop();
    await server.stop(true);
  }
});
