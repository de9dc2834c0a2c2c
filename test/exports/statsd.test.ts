import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { join } from "node:path";
import type { Family, Reading } from "../../src/exports/reading.ts";
import { createStatsdSink, type StatsdOptions } from "../../src/exports/statsd.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { hear } from "./heard.ts";
import { listenUnixDatagram, type UnixListener } from "./unix-listener.ts";

const gauge: Family = {
  name: "fleetpulse_deployment_up",
  type: "gauge",
  help: "h",
  points: [{ labels: { model_id: "a", model_name: "gpt 4|x" }, value: 1 }],
};
const counter = (value: number): Family => ({
  name: "fleetpulse_probes",
  type: "counter",
  help: "h",
  points: [{ labels: { provider: "openai" }, value }],
});
const reading = (...families: Family[]): Reading => ({
  wallMs: 2_000,
  startMs: 1_000,
  families,
  healthy: true,
  healthyModels: 7,
});
const options = (address: StatsdOptions["address"]): StatsdOptions => ({
  address,
  intervalMs: 1000,
  tags: ["env:test"],
});

describe("a push to DogStatsD over UDP", () => {
  let listener: Socket;
  let lines: string[] = [];
  let port = 0;

  beforeEach(async () => {
    lines = [];
    listener = createSocket("udp4");
    listener.on("message", (message) => lines.push(...message.toString().trim().split("\n")));
    await new Promise<void>((resolve) => listener.bind(0, "127.0.0.1", resolve));
    port = listener.address().port;
  });
  afterEach(() => {
    listener.close();
  });
  const sinkTo = (host = "127.0.0.1", resolver = createResolver()) =>
    createStatsdSink(options({ kind: "udp", host, port }), resolver);

  test("holds the documented gauges, and all others with labels as tags", async () => {
    const sink = sinkTo();
    await sink.send(reading(gauge), hear().report);
    await eventually("three lines came", async () => lines.length === 3);
    expect(lines.sort()).toEqual([
      "fleetpulse.deployment_up:1|g|#env:test,model_id:a,model_name:gpt_4_x",
      "litellm.health:1|g|#env:test",
      "litellm.healthy_models:7|g|#env:test",
    ]);
    await sink.close();
  });

  test("sends of a counter what it grew by since the last push", async () => {
    const sink = sinkTo();
    await sink.send(reading(counter(5)), hear().report);
    await sink.send(reading(counter(5)), hear().report);
    await sink.send(reading(counter(8)), hear().report);
    const counts = () => lines.filter((line) => line.includes("|c"));
    await eventually("the growth came", async () => counts().length > 0);
    expect(counts()).toEqual(["fleetpulse.probes:3|c|#env:test,provider:openai"]);
    await sink.close();
  });

  test("finds its agent by name as every name is found: asked once, and kept", async () => {
    const asked: string[] = [];
    const resolver = createResolver(async (name) => {
      asked.push(name);
      return [{ address: "127.0.0.1", family: 4, ttl: 60 }];
    });
    const sink = sinkTo("agent.example", resolver);
    await sink.send(reading(), hear().report);
    await sink.send(reading(), hear().report);
    await eventually("both pushes came", async () => lines.length === 4);
    expect(asked).toEqual(["agent.example"]);
    await sink.close();
  });

  test("fails while the name of its agent does not resolve, and goes on when it does", async () => {
    let isKnown = false;
    let nowMs = 0;
    const resolver = createResolver(
      async () => (isKnown ? [{ address: "127.0.0.1", family: 4, ttl: 60 }] : []),
      () => nowMs,
    );
    const sink = sinkTo("agent.example", resolver);
    await expect(sink.send(reading(), hear().report)).rejects.toThrow("agent.example");
    isKnown = true;
    nowMs += 60_000;
    await sink.send(reading(), hear().report);
    await eventually("it came", async () => lines.includes("litellm.health:1|g|#env:test"));
    await sink.close();
  });

  test("of a large fleet loses nothing and fits each datagram into a packet", async () => {
    const points = Array.from({ length: 3000 }, (_, index) => ({
      labels: { model_id: String(index) },
      value: index,
    }));
    let longest = 0;
    listener.on("message", ({ length }) => {
      longest = Math.max(longest, length);
    });
    const sink = sinkTo();
    await sink.send(reading({ ...gauge, points }), hear().report);
    await eventually("all lines came", async () => lines.length === 3002);
    expect(longest).toBeLessThanOrEqual(1432);
    await sink.close();
  });
});

describe("a push to DogStatsD over a Unix socket", () => {
  const folder = temporaryFolder("dogstatsd");
  const path = join(folder, "dsd.socket");
  let listener: UnixListener | null = null;

  afterEach(() => {
    listener?.close();
    listener = null;
  });
  afterAll(() => removeFolder(folder));

  test("arrives, also after the agent was started again", async () => {
    const sink = createStatsdSink(options({ kind: "unix", path }), createResolver());
    listener = listenUnixDatagram(path);
    await sink.send(reading(), hear().report);
    expect(listener.lines()).toContain("litellm.healthy_models:7|g|#env:test");
    listener.close();
    await expect(sink.send(reading(), hear().report)).rejects.toThrow("not there");
    listener = listenUnixDatagram(path);
    await sink.send(reading(), hear().report);
    expect(listener.lines()).toContain("litellm.health:1|g|#env:test");
    await sink.close();
  });

  test("that the agent has no room for is sent again, and nothing of it twice", async () => {
    const counts = (value: number): Family => ({
      ...counter(0),
      points: Array.from({ length: 3000 }, (_, index) => ({
        labels: { model_id: String(index) },
        value,
      })),
    });
    listener = listenUnixDatagram(path);
    const sink = createStatsdSink(options({ kind: "unix", path }), createResolver());
    await sink.send(reading(counts(1)), hear().report);
    listener.lines();
    // Nobody reads meanwhile: the socket takes a few datagrams.
    const heard = hear();
    await expect(sink.send(reading(counts(6)), heard.report)).rejects.toThrow("no room");
    const came: string[] = [];
    const take = () => {
      const lines = listener?.lines() ?? [];
      came.push(...lines.filter((line) => line.includes("|c")));
      return lines.length;
    };
    expect(heard.refused).toBeGreaterThan(0);
    expect(heard.waiting[0]).toBe(3002);
    expect(heard.waiting.at(-1)).toBe(3002 - take());
    for (let push = 0; push < 20 && came.length < 3000; push += 1) {
      await sink.send(reading(counts(6)), hear().report).catch(() => {});
      take();
    }
    expect(new Set(came).size).toBe(3000);
    expect(came).toHaveLength(3000);
    expect(came.every((line) => line.startsWith("fleetpulse.probes:5|c"))).toBe(true);
    await sink.close();
  });
});
