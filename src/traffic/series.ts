// Which series a set of labels has. Series are given out once and taken back when their deployment leaves the configuration; who
// reads the counters is told of both, in order.

import { redact } from "../config/secret.ts";
import type { Origin } from "./attribution.ts";
import type { Labels } from "./counters.ts";
import { overflowSeries } from "./counters.ts";
import type { Entry } from "./entry.ts";

export interface KnownSeries {
  readonly series: number;
  readonly labels: Labels;
}

export interface SeriesOptions {
  readonly seriesMax: number;
  readonly teamLabels: boolean;
  readonly keyLabels: boolean;
  /** Given out by an earlier thread. */
  readonly known: readonly KnownSeries[];
  readonly onAdded: (added: KnownSeries) => void;
  readonly onRemoved: (series: number) => void;
}

export interface SeriesBook {
  /** The series of these labels; that of everything else when there is no more room. */
  of(origin: Omit<Origin, "slot">, entry: Pick<Entry, "team" | "keyAlias">): number;
  /** Takes back the series of deployments that are not kept. */
  keep(isKept: (modelId: string) => boolean): void;
}

const labelCharactersMax = 100;
const none = "none";

export function createSeriesBook(options: SeriesOptions): SeriesBook {
  const { seriesMax, teamLabels, keyLabels } = options;
  const byKey = new Map<string, KnownSeries>();
  const free: number[] = [];
  let next = overflowSeries + 1;
  for (const one of options.known) {
    byKey.set(Object.values(one.labels).join("\n"), one);
    next = Math.max(next, one.series + 1);
  }
  const taken = new Set(options.known.map(({ series }) => series));
  for (let series = overflowSeries + 1; series < next; series += 1) {
    if (!taken.has(series)) free.push(series);
  }

  return {
    of({ modelName, modelId, provider }, { team, keyAlias }) {
      const labels: Labels = {
        model_name: modelName,
        model_id: modelId,
        provider,
        ...(teamLabels ? { team: labelOf(team) } : {}),
        ...(keyLabels ? { key_alias: labelOf(keyAlias) } : {}),
      };
      const key = Object.values(labels).join("\n");
      const known = byKey.get(key);
      if (known !== undefined) return known.series;
      const series = free.pop() ?? (next <= seriesMax ? next++ : overflowSeries);
      if (series === overflowSeries) return series;
      const added = { series, labels };
      byKey.set(key, added);
      options.onAdded(added);
      return series;
    },
    keep(isKept) {
      for (const [key, { series, labels }] of byKey) {
        if (isKept(labels["model_id"] ?? "")) continue;
        byKey.delete(key);
        free.push(series);
        options.onRemoved(series);
      }
    },
  };
}

/** Team and key names are anybody's text. A credential in it is taken out before it can be cut to a shape that is none. */
function labelOf(text: string): string {
  const line = redact(text.replace(/[\s\p{Cc}]+/gu, " ").trim(), [])
    .slice(0, labelCharactersMax)
    .toWellFormed();
  return line === "" ? none : line;
}
