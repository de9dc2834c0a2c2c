// The body of the exporter's thread. Each sink asks for a reading when its time has come and it is free: a receiver that is slow or gone
// makes nothing pile up, here or anywhere else. What was missed is in the next reading, because sums go on.

import type { MessagePort } from "node:worker_threads";
import { yieldToServer } from "../threads/priority.ts";
import { ready } from "../threads/ready.ts";
import { createResolver } from "../transport/resolver.ts";
import type { ExporterStart, FromExporter, ToExporter } from "./messages.ts";
import { createOtlpSink } from "./otlp.ts";
import type { PushReport, Sink } from "./sink.ts";
import { createStatsdSink } from "./statsd.ts";

const beatMs = 1000;
const errorCharactersMax = 300;

export function runExporter(port: MessagePort, { otlp, statsd }: ExporterStart): void {
  const say = (message: FromExporter) => port.postMessage(message);
  const resolver = createResolver();
  const sinks: Sink[] = [
    ...(otlp === null ? [] : [createOtlpSink(otlp, resolver)]),
    ...(statsd === null ? [] : [createStatsdSink(statsd, resolver)]),
  ];
  /** Those that asked and were not answered. */
  const waiting = new Set<Sink>();

  port.on("message", ({ sink: name, reading }: ToExporter) => {
    const sink = sinks.find((one) => one.name === name);
    // An answer that nobody waits for was meant for the thread that this one replaces.
    if (sink === undefined || !waiting.delete(sink)) return;
    if (reading === null) wantLater(sink, 0);
    else void push(sink, reading);
  });

  async function push(sink: Sink, reading: NonNullable<ToExporter["reading"]>): Promise<void> {
    const { name } = sink;
    const report: PushReport = {
      waiting: (points) => say({ type: "waiting", sink: name, points }),
      refused: (datagrams) => say({ type: "refused", sink: name, datagrams }),
    };
    const startMs = performance.now();
    const error = await sink.send(reading, report).then(() => null, wordsOf);
    const tookMs = performance.now() - startMs;
    say({ type: "pushed", sink: name, error, tookMs });
    wantLater(sink, tookMs);
  }

  function wantLater(sink: Sink, spentMs: number): void {
    setTimeout(want, Math.max(0, sink.intervalMs - spentMs), sink);
  }

  function want(sink: Sink): void {
    waiting.add(sink);
    say({ type: "wanted", sink: sink.name });
  }

  yieldToServer();
  setInterval(() => say({ type: "beat" }), beatMs);
  port.postMessage(ready("exporter"));
  for (const sink of sinks) setTimeout(want, Math.min(sink.intervalMs, 1000), sink);
}

/** In one line and bounded; without what a receiver or a library added behind it. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").slice(0, errorCharactersMax);
}
