// Which outcomes get a row in LiteLLM's own table of health checks. Its own rule: one when the status changed, or when the last one is
// older than an hour.

import { outcomeClassOf } from "../table/outcome-class.ts";
import type { Row } from "../table/row.ts";
import { hourMs, type LitellmEntry, type Subject } from "./entries.ts";
import { errorOf, statusOfCheck } from "./shown.ts";

const everyMs = hourMs;

export interface LitellmRows {
  /** Null when there is none to be written. */
  entryOf(subject: Subject, row: Row, isChanged: boolean, nowMs: number): LitellmEntry | null;
  forget(key: string): void;
}

export function createLitellmRows(): LitellmRows {
  /** When the last one was, by key. */
  const lastMs = new Map<string, number>();
  return {
    entryOf({ key, model_name, model_id }, row, isChanged, nowMs) {
      const status = statusOfCheck(outcomeClassOf(row.outcomeClass));
      if (row.lastCheckMs === 0 || status === "unknown") return null;
      if (!isChanged && nowMs - (lastMs.get(key) ?? 0) < everyMs) return null;
      lastMs.set(key, nowMs);
      return {
        ...{ model_name, model_id, healthy: status === "healthy" },
        error: errorOf({ class: row.outcomeClass, text: row.text }),
        response_time_ms: row.latencyMicros / 1000,
        at_ms: row.lastCheckMs,
      };
    },
    forget: (key) => void lastMs.delete(key),
  };
}
