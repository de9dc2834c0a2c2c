// One slot's content as a plain record: what the writer keeps and the reader gets.
// Numbers are whole; times are milliseconds since the epoch (0 = never), durations microseconds.

import {
  latencyBucketCount,
  latencyBucketsSeconds,
  type ScalarName,
  scalarNames,
} from "./layout.ts";
import { outcomeClassesMax } from "./outcome-class.ts";

export const states = ["unknown", "healthy", "degraded", "unhealthy"] as const;

/** What the table says of a deployment after rise and fall. */
export type State = (typeof states)[number];

/** Where the last verdict comes from; the index is what the slot keeps. */
export const sources = ["probe", "passive", "peer", "restored"] as const;

export type Source = (typeof sources)[number];

export type Row = { [name in ScalarName]: number } & {
  /** Outcomes so far, by class code. */
  classCounts: Uint32Array;
  /** Probes that got an answer, by latency bucket (not cumulative). */
  latencyBuckets: Uint32Array;
  /** The model that the provider says has answered last; empty when it does not say. Cut to 64 bytes. */
  servedModel: string;
  /** The region that the provider says has answered last; empty when it does not say. Cut to 24 bytes. */
  region: string;
  /** Words for a human about the last outcome; empty when all is well. */
  text: string;
};

const zeroScalars = Object.fromEntries(scalarNames.map((name) => [name, 0])) as {
  [name in ScalarName]: number;
};

/** A row of which nothing is known yet. */
export function emptyRow(): Row {
  return {
    ...zeroScalars,
    classCounts: new Uint32Array(outcomeClassesMax),
    latencyBuckets: new Uint32Array(latencyBucketCount),
    servedModel: "",
    region: "",
    text: "",
  };
}

export function stateOf(row: Row): State {
  return states[row.state] ?? "unknown";
}

/**
 * `restored`: from before this process started, or from the replica that asked it before; its age is true, and it is asked anew in its
 * turn. `peer`: another replica asks it, and told of it.
 */
export function sourceOf(row: Row): Source {
  return sources[row.source] ?? "probe";
}

const peerSource = sources.indexOf("peer");

/** Whether another replica asked last, and told of it. */
export function isOfPeer(row: Row): boolean {
  return row.source === peerSource;
}

/** Index of the latency bucket that a duration falls into. */
export function latencyBucketOf(micros: number): number {
  const seconds = micros / 1e6;
  let bucket = 0;
  while (bucket < latencyBucketsSeconds.length && seconds > (latencyBucketsSeconds[bucket] ?? 0)) {
    bucket += 1;
  }
  return bucket;
}
