// Two readings of traffic as one.

import type { TrafficHistogram, TrafficReading } from "./sources.ts";

/** Both were counted by the same classes and bounds. */
export function sumOf(one: TrafficReading, other: TrafficReading): TrafficReading {
  return {
    classes: one.classes.map(([name, count], index) => [
      name,
      count + (other.classes[index]?.[1] ?? 0),
    ]),
    duration: histogramSum(one.duration, other.duration),
    firstToken: histogramSum(one.firstToken, other.firstToken),
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    costUsd: one.costUsd + other.costUsd,
    litellm:
      one.litellm === null || other.litellm === null
        ? null
        : {
            total: histogramSum(one.litellm.total, other.litellm.total),
            api: histogramSum(one.litellm.api, other.litellm.api),
            firstToken: histogramSum(one.litellm.firstToken, other.litellm.firstToken),
            perOutputToken: histogramSum(one.litellm.perOutputToken, other.litellm.perOutputToken),
          },
  };
}

function histogramSum(one: TrafficHistogram, other: TrafficHistogram): TrafficHistogram {
  return {
    bounds: one.bounds,
    counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)),
    sumSeconds: one.sumSeconds + other.sumSeconds,
  };
}
