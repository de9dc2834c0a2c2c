// What is done with an entry: left out, recognised, or counted.
//
// A request can be told three ways: by a callback for every attempt at a deployment (attempts share the call's id where they fail), by
// the same callback once more, and by one row of spend logs. A row counts when no callback told of its id; a callback of an attempt that a
// row told of does not count, whichever came first.

import type { Attribution } from "./attribution.ts";
import type { Counters, Result } from "./counters.ts";
import type { Dedupe } from "./dedupe.ts";
import type { Entry, EntrySource } from "./entry.ts";
import type { Passive } from "./passive.ts";
import type { SeriesBook } from "./series.ts";

export interface IntakeParts {
  readonly counters: Counters;
  readonly dedupe: Dedupe;
  readonly attribution: Attribution;
  readonly series: SeriesBook;
  readonly passive: Passive | null;
}

export interface Intake {
  take(source: EntrySource, entry: Entry): Result;
  /** A row of spend logs with this id has nothing new. */
  isKnown(id: string): boolean;
  /** An entry that could not be read. */
  reject(source: EntrySource): void;
}

export function createIntake(parts: IntakeParts): Intake {
  const { counters, dedupe, attribution, series, passive } = parts;

  function resultOf(source: EntrySource, entry: Entry): Result {
    if (isRepeated(source, entry)) return "duplicate";
    if (entry.cacheHit) return "cache_hit";
    if (entry.healthCheck) return "health_check";
    const origin = attribution.originOf(entry);
    counters.record(series.of(origin, entry), entry);
    const { slot, modelId } = origin;
    if (slot !== null) passive?.note({ slot, modelId }, entry.class, entry.endMs);
    return "counted";
  }

  /** Also remembers it. */
  function isRepeated(source: EntrySource, entry: Entry): boolean {
    const { id } = entry;
    const told = idKey(id);
    const attempt = `a\n${id}\n${entry.modelId ?? ""}`;
    if (source === "spend_logs") {
      if (dedupe.has(told)) return true;
      dedupe.add(told);
      dedupe.add(`row\n${attempt}`);
      return false;
    }
    const exactly = `${attempt}\n${Math.round(entry.startMs)}`;
    if (dedupe.has(exactly)) return true;
    dedupe.add(exactly);
    dedupe.add(told);
    // The row stands for one attempt only.
    const isOfRow = dedupe.has(`row\n${attempt}`) && !dedupe.has(`met\n${attempt}`);
    if (isOfRow) dedupe.add(`met\n${attempt}`);
    return isOfRow;
  }

  return {
    take(source, entry) {
      const result = resultOf(source, entry);
      counters.addResult(source, result);
      return result;
    },
    isKnown: (id) => dedupe.has(idKey(id)),
    reject: (source) => counters.addResult(source, "rejected"),
  };
}

const idKey = (id: string) => `i\n${id}`;
