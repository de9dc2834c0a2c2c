import { afterEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../src/clock.ts";
import { type Exports, startExports } from "../../src/exports/exports.ts";
import type { ExporterStart, FromExporter, ToExporter } from "../../src/exports/messages.ts";
import type { Reading } from "../../src/exports/reading.ts";
import { eventually } from "../servers/process.ts";

const entry = new URL("../../workers/exporter.ts", import.meta.url);
const reading: Reading = {
  ...{ wallMs: 2000, startMs: 1000, families: [], healthy: true, healthyModels: 7 },
};

let agent: Socket | null = null;
let exports: Exports | null = null;
let worker: Worker | null = null;
afterEach(async () => {
  await exports?.stop();
  await worker?.terminate();
  agent?.close();
  exports = null;
  worker = null;
  agent = null;
});

/** A start whose metrics go to an agent of its own. */
async function toAgent(intervalMs: number): Promise<ExporterStart> {
  const socket = createSocket("udp4");
  agent = socket;
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const address = { kind: "udp", host: "127.0.0.1", port: socket.address().port } as const;
  return { otlp: null, statsd: { address, intervalMs, tags: [] } };
}

describe("the exporter", () => {
  test("says that metrics could not be read, and goes on when they can", async () => {
    const changes: (string | null)[] = [];
    let reads = 0;
    exports = startExports({
      start: await toAgent(20),
      clock: systemClock,
      entry,
      read: async () => {
        reads += 1;
        if (reads <= 2) throw new Error("not now");
        return reading;
      },
      onChange: (_sink, error) => changes.push(error),
      onNotice: () => {},
    });
    await eventually("two pushes were taken", () => (exports?.states()[0]?.pushed ?? 0) >= 2);
    expect(changes).toEqual(["metrics cannot be read: not now", null]);
    expect(exports.states()[0]).toMatchObject({
      up: true,
      failed: 2,
      waitingPoints: 0,
      refusedDatagrams: 0,
    });
    expect(exports.states()[0]?.lastTookMs).toBeGreaterThan(0);
  }, 60_000);

  test("pushes nothing that it did not ask for: it was meant for its predecessor", async () => {
    const heard: FromExporter["type"][] = [];
    const started = new Worker(entry, { workerData: await toAgent(500) });
    worker = started;
    const answer: ToExporter = { type: "reading", sink: "statsd", reading };
    started.on("message", ({ type }: FromExporter | { readonly type: "ready" }) => {
      if (type === "ready" || type === "wanted") started.postMessage(answer);
      if (type === "wanted" || type === "pushed") heard.push(type);
    });
    await eventually("it was asked twice", () => heard.length >= 3);
    expect(heard.slice(0, 3)).toEqual(["wanted", "pushed", "wanted"]);
  }, 60_000);
});
