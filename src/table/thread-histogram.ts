// Histograms in a thread's block: how late its probes started, and how long they waited for a bound. The thread itself is the only
// writer, so a count is a load and a store; a reader that comes in between sees a probe more or less.

import { startBucketCount, startBucketsSeconds, threadHistograms, threadStart } from "./layout.ts";
import type { Table } from "./table.ts";

export type ThreadHistogram = keyof typeof threadHistograms;

export interface HistogramReading {
  /** By bucket, not cumulative; the last one takes what is above all bounds. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

const high = 2 ** 32;

export function observe(
  { words }: Table,
  thread: number,
  histogram: ThreadHistogram,
  seconds: number,
): void {
  const start = threadStart(thread) + threadHistograms[histogram];
  let bucket = 0;
  while (bucket < startBucketsSeconds.length && seconds > (startBucketsSeconds[bucket] ?? 0)) {
    bucket += 1;
  }
  Atomics.add(words, start + bucket, 1);
  const sum = start + startBucketCount;
  const before = Atomics.load(words, sum) >>> 0;
  const after = before + Math.round(seconds * 1e6);
  if (after >= high) Atomics.add(words, sum + 1, Math.floor(after / high));
  Atomics.store(words, sum, after | 0);
}

export function readHistogram(
  { words }: Table,
  thread: number,
  histogram: ThreadHistogram,
): HistogramReading {
  const start = threadStart(thread) + threadHistograms[histogram];
  const counts = Array.from(
    { length: startBucketCount },
    (_, bucket) => Atomics.load(words, start + bucket) >>> 0,
  );
  const sum = start + startBucketCount;
  const micros = Atomics.load(words, sum + 1) * high + (Atomics.load(words, sum) >>> 0);
  return { counts, sumSeconds: micros / 1e6 };
}
