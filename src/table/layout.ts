// THE layout of the shared status table. Both sides of it import this file; no other file knows an offset.
//
// The table is one buffer of little-endian 32-bit words, read and written through Atomics only:
//
//   header   32 words   magic, version, slot words, threads, capacity, epoch
//   threads  64 x 16    one block a prober thread: heartbeat, generation, in flight, ...
//   slots    n x 128    one slot a deployment, 512 bytes, aligned to 64
//
//   slot     word 0     sequence (odd while the slot is being written)
//            word 1     identity of the deployment, 0 when the slot is free
//            words 2..  the scalars below in order; a wide one takes two words (low, high)
//            then       outcome counts by class, latency buckets, text length, text (UTF-8)
//
// Scalars are whole numbers: milliseconds since the epoch, microseconds, counts, nano-USD. Appending a scalar,
// or moving anything, needs a new `layoutVersion`: a table of another version is refused, never misread.

import { LayoutError } from "../errors.ts";
import { outcomeClassesMax } from "./outcome-class.ts";

export const layoutMagic = 0x464c5054; // "FLPT"
export const layoutVersion = 1;

export const headerWords = 32;
export const magicWord = 0;
export const versionWord = 1;
export const slotWordsWord = 2;
export const threadsWord = 3;
export const capacityWord = 4;
/** Grows by one with every slot write, so that a reader can tell "nothing changed" with one load. */
export const epochWord = 5;

export const threadsMax = 64;
export const threadWords = 16;
/** Words of a thread's block. */
export const threadBlock = {
  heartbeat: 0,
  /** A thread writes only while its own generation stands here: a replaced thread is fenced off. */
  generation: 1,
  inFlight: 2,
  queued: 3,
  started: 4,
  completed: 5,
  loopLagMicros: 6,
  loopLagMaxMicros: 7,
  startLatenessMaxMicros: 8,
  restarts: 9,
  deployments: 10,
} as const;

export type ThreadField = keyof typeof threadBlock;

export const slotWords = 128;
export const slotBytes = slotWords * 4;
export const sequenceWord = 0;
export const identityWord = 1;

/** Scalars of a slot in layout order: 1 word, or 2 for numbers that outgrow 32 bits. */
export const scalarWidths = {
  state: 1,
  outcomeClass: 1,
  httpStatus: 1,
  consecutiveSuccesses: 1,
  consecutiveFailures: 1,
  source: 1,
  sinceMs: 2,
  lastCheckMs: 2,
  lastSuccessMs: 2,
  nextDueMs: 2,
  holdUntilMs: 2,
  latencyMicros: 1,
  smoothedLatencyMicros: 1,
  dnsMicros: 1,
  connectMicros: 1,
  tlsMicros: 1,
  firstByteMicros: 1,
  startLatenessMicros: 1,
  promptTokens: 2,
  completionTokens: 2,
  costNanoUsd: 2,
  costUnknownProbes: 1,
  outcomeBitsLow: 1,
  outcomeBitsHigh: 1,
  outcomeBitsCount: 1,
  latencySumMicros: 2,
  transitions: 1,
} as const satisfies Record<string, 1 | 2>;

export type ScalarName = keyof typeof scalarWidths;

export const scalarNames = Object.keys(scalarWidths) as ScalarName[];

/** Upper bounds of the latency buckets in seconds; one more bucket takes what is above. */
export const latencyBucketsSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120,
] as const;

export const latencyBucketCount = latencyBucketsSeconds.length + 1;

export const scalarWords: readonly number[] = wordsOf(
  scalarNames.map((name) => scalarWidths[name]),
);
export const classCountsWord =
  identityWord + 1 + scalarNames.reduce((sum, name) => sum + scalarWidths[name], 0);
export const latencyBucketsWord = classCountsWord + outcomeClassesMax;
export const textLengthWord = latencyBucketsWord + latencyBucketCount;
export const textWord = textLengthWord + 1;
export const textBytesMax = (slotWords - textWord) * 4;

if (textBytesMax < 160) throw new LayoutError(`a slot leaves ${textBytesMax} bytes for text`);
if (slotBytes % 64 !== 0) throw new LayoutError("slots are not aligned to 64 bytes");

function wordsOf(widths: readonly number[]): number[] {
  const words: number[] = [];
  let word = identityWord + 1;
  for (const width of widths) {
    words.push(word);
    word += width;
  }
  return words;
}

/** First word of a thread's block. */
export function threadStart(thread: number): number {
  return headerWords + thread * threadWords;
}

/** First word of a slot. */
export function slotStart(slot: number): number {
  return headerWords + threadsMax * threadWords + slot * slotWords;
}

/** Bytes of a table with room for this many slots. */
export function tableBytes(capacity: number): number {
  return slotStart(capacity) * 4;
}
