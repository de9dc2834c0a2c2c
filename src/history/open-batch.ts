// Entries that are being gathered: a batch that grows.

import type { Batch, Subject } from "./entries.ts";

export type OpenBatch = { [Kind in Exclude<keyof Batch, "subjects">]: Batch[Kind][number][] } & {
  /** By key. */
  subjects: Map<string, Subject>;
};

export function emptyBatch(): OpenBatch {
  return {
    subjects: new Map(),
    checks: [],
    transitions: [],
    minutes: [],
    hours: [],
    litellm: [],
  };
}
