// Where the numbers of a series stand in shared memory. Both sides make the shape from the same settings, so no other file knows an
// offset. Words are of 64 bits; a histogram has a word for each bound, one beyond them and the sum.

import { trafficClasses } from "./traffic-class.ts";

const durationBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300] as const;
const firstTokenBounds = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30] as const;

/** LiteLLM's own, which its dashboards may ask for by name: half seconds up to ten. */
const litellmBounds: readonly number[] = [
  0.005,
  0.00625,
  0.0125,
  0.025,
  0.05,
  0.1,
  ...Array.from({ length: 20 }, (_, index) => (index + 1) / 2),
  15,
  20,
  25,
  30,
  60,
  120,
  180,
  240,
  300,
];

export interface ShapeSettings {
  /** Bounds of both histograms in seconds; null leaves each its own. */
  readonly latencyBuckets: readonly number[] | null;
  /** Whether it is also counted by LiteLLM's bounds. */
  readonly litellmHistograms: boolean;
}

/** What LiteLLM measures: a request, the provider's part of it, its first token, and the latency divided by tokens of the answer. */
export type LitellmHistogramName = "total" | "api" | "firstToken" | "perOutputToken";

export interface HistogramPlace {
  readonly at: number;
  readonly bounds: readonly number[];
}

export interface CounterShape {
  readonly classesAt: number;
  readonly duration: HistogramPlace;
  readonly firstToken: HistogramPlace;
  readonly promptTokensAt: number;
  readonly completionTokensAt: number;
  readonly costUsdAt: number;
  readonly litellm: Readonly<Record<LitellmHistogramName, HistogramPlace>> | null;
  /** Words of a series. */
  readonly stride: number;
}

export function shapeOf({ latencyBuckets, litellmHistograms }: ShapeSettings): CounterShape {
  let next = trafficClasses.length;
  const take = (words: number) => {
    next += words;
    return next - words;
  };
  const histogram = (bounds: readonly number[]): HistogramPlace => ({
    at: take(bounds.length + 2),
    bounds,
  });
  const duration = histogram(latencyBuckets ?? durationBounds);
  const firstToken = histogram(latencyBuckets ?? firstTokenBounds);
  const [promptTokensAt, completionTokensAt, costUsdAt] = [take(1), take(1), take(1)];
  const litellm = litellmHistograms
    ? {
        total: histogram(litellmBounds),
        api: histogram(litellmBounds),
        firstToken: histogram(litellmBounds),
        perOutputToken: histogram(litellmBounds),
      }
    : null;
  return {
    classesAt: 0,
    duration,
    firstToken,
    promptTokensAt,
    completionTokensAt,
    costUsdAt,
    litellm,
    stride: next,
  };
}
