// THE layout of the shared status table, in memory and in a file. Both sides of it import this file; no other file knows
// an offset. What stands here is enough to read a table file in any language (test/table/read-table.py does).
//
// Little-endian 32-bit words, written through Atomics only. Offsets are words, lengths of text are bytes (UTF-8):
//
//   0      header   32 words: 0 magic 0x464c5054, 1 version 3, 2 words a slot (320), 3 thread blocks (64), 4 capacity (slots),
//                   5 epoch (changes with every write), 6 process id of the owner, 7 the day (UTC, days since the epoch) that 8 and 9
//                   are of, 8 tokens and 9 micro-USD that probes have spent on it in all (see spending.ts), 10 reads that
//                   used up their tries (see reader.ts); the others are 0
//   32     threads  64 x 48 words: one block a prober thread, heartbeat first (see `threadBlock`), then two histograms
//   3104   changes  65536 words: which slots were written last. Write number n (the epoch before it) stands in word n mod 65536
//                   as slot + ((n div 65536 + 1) mod 4096) * 2^20
//   68640  slots    capacity x 320 words, 1280 bytes, aligned to 64; a file is longer than that: room to grow
//
//   slot   0        sequence: the row is in copy `sequence & 1`, the other copy is the one that is written next
//          1        checksum of the identity and of words 2 .. 3 + ceil(length / 4): of whom the label is
//          2        second hash of the deployment's key
//          3, 4..31 length and text of model_id, cut to 112 bytes
//          32..175  copy 0 of the row
//          176..319 copy 1 of the row
//
//   row    0        checksum of words 1 .. 101 + ceil(length / 4)
//          1        identity: hash of the deployment's key, 0 when the slot is free
//          2..59    scalars, in this order; those marked * take two words (low, high), all are unsigned:
//                   state (0 unknown, 1 healthy, 2 degraded, 3 unhealthy), outcomeClass (code, see outcome-class.ts), httpStatus,
//                   consecutiveSuccesses, consecutiveFailures, source (0 probe, 1 passive, 2 peer, 3 restored), sinceMs*,
//                   lastCheckMs*, lastSuccessMs*, nextDueMs*, holdUntilMs*, latencyMicros, smoothedLatencyMicros, dnsMicros,
//                   connectMicros, tlsMicros, firstByteMicros, startLatenessMicros, promptTokens*, completionTokens*,
//                   costNanoUsd*, costUnknownProbes, outcomeBitsLow, outcomeBitsHigh, outcomeBitsCount, latencySumMicros*,
//                   transitions, firstTokenMicros, certificateEndMs*, peerAddress0, peerAddress1, peerAddress2, peerAddress3
//                   (IPv6 in network order, IPv4 as ::ffff:a.b.c.d), lastPaidSeconds (since the epoch), probeMarks (bits, see
//                   probe-marks.ts), freeProbes, withheldProbes (not asked, or asked for free, because a budget was spent),
//                   spentDay (UTC, days since the epoch), spentTokens and spentNanoUsd* (on that day), modelChanges,
//                   requestsLimit, requestsRemaining, requestsResetSeconds, tokensLimit, tokensRemaining, tokensResetSeconds
//                   (the provider's rate limits: numbers are one more than what it said, 0 when it said nothing; resets are
//                   seconds since the epoch)
//          60..83   outcomes so far by class code
//          84..99   probes that got an answer by latency bucket
//          100      lengths of the first two texts: model + region * 256
//          101, 102.. length of the texts together, at most 168 bytes, and the texts without anything between them: the model
//                   that the provider says has answered, its region, and what is to be said of the last outcome
//
// To read a row: load the sequence, read copy `sequence & 1`, load the sequence again, and begin anew when it has changed. Who
// reads without ordered loads (read(2), another language) takes the checksum for it, and so does who reads a file whose
// machine lost its power. The checksum: h = 0x811c9dc5; for each word h = ((h xor word) * 0x01000193) mod 2^32.
//
// Times are milliseconds since the epoch, durations microseconds, money nano-USD. Appending a scalar, or moving anything, needs a
// new `layoutVersion`: a table of another version is refused, never misread. What rows look like outside of a table
// has a version of its own (`rowVersion`).

import { LayoutError } from "../errors.ts";
import { outcomeClassesMax } from "./outcome-class.ts";

export const layoutMagic = 0x464c5054; // "FLPT"
export const layoutVersion = 3;
/** Version of rows that are kept elsewhere (see row-words.ts). */
export const rowVersion = 3;

export const headerWords = 32;
export const magicWord = 0;
export const versionWord = 1;
export const slotWordsWord = 2;
export const threadsWord = 3;
export const capacityWord = 4;
/** Grows by one with every slot write, so that a reader can tell "nothing changed" with one load. */
export const epochWord = 5;
/** Who writes a table file. */
export const ownerPidWord = 6;
/** What probes have spent in all (see spending.ts). */
export const spentDayWord = 7;
export const spentTokensWord = 8;
export const spentMicroUsdWord = 9;
/** Reads of all threads that used up their tries (see reader.ts). */
export const readFallbacksWord = 10;

export const threadsMax = 64;
export const threadWords = 48;
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
  /** Entries of the thread's timetable: what it has planned and has not begun. */
  scheduled: 11,
} as const;

export type ThreadField = keyof typeof threadBlock;

/** Upper bounds of the buckets for starts of probes in seconds; one more bucket takes what is above. */
export const startBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30,
] as const;
export const startBucketCount = startBucketsSeconds.length + 1;

/** First words of a thread's histograms: a count a bucket, then the sum in microseconds (low, high). */
export const threadHistograms = {
  startLateness: 16,
  queue: 16 + startBucketCount + 2,
} as const;

/** Words of a slot. */
export const sequenceWord = 0;
export const labelChecksumWord = 1;
export const keyHashWord = 2;
export const labelLengthWord = 3;
export const labelWord = 4;
const copiesWord = 32;
export const rowWords = 144;
export const slotWords = copiesWord + 2 * rowWords;
export const slotBytes = slotWords * 4;
export const labelBytesMax = (copiesWord - labelWord) * 4;

/** Words of a row. */
export const checksumWord = 0;
export const identityWord = 1;

/** Scalars of a row in layout order: 1 word, or 2 for numbers that outgrow 32 bits. */
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
  firstTokenMicros: 1,
  certificateEndMs: 2,
  // The address that the last probe reached: see address-words.ts.
  peerAddress0: 1,
  peerAddress1: 1,
  peerAddress2: 1,
  peerAddress3: 1,
  lastPaidSeconds: 1,
  probeMarks: 1,
  freeProbes: 1,
  withheldProbes: 1,
  spentDay: 1,
  spentTokens: 1,
  spentNanoUsd: 2,
  modelChanges: 1,
  requestsLimit: 1,
  requestsRemaining: 1,
  requestsResetSeconds: 1,
  tokensLimit: 1,
  tokensRemaining: 1,
  tokensResetSeconds: 1,
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
export const namesLengthWord = latencyBucketsWord + latencyBucketCount;
export const textLengthWord = namesLengthWord + 1;
export const textWord = textLengthWord + 1;
export const textBytesMax = (rowWords - textWord) * 4;

if (textBytesMax < 160) throw new LayoutError(`a row leaves ${textBytesMax} bytes for text`);
if (threadHistograms.queue + startBucketCount + 2 > threadWords) {
  throw new LayoutError("a thread's block has no room for its histograms");
}
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

/** Of a row's texts, so that what is said of the last outcome always has room. */
export const servedModelBytesMax = 64;
export const regionBytesMax = 24;

/** First word of a thread's block. */
export function threadStart(thread: number): number {
  return headerWords + thread * threadWords;
}

/** The log of changes: a ring with a word for each of the last writes. */
export const changesStart = headerWords + threadsMax * threadWords;
export const changesMax = 65_536;
const changeSlotBits = 20;
const changeLaps = 4096;

/** The word that stands for write number `write` (counted modulo 2^32) of this slot. */
export function changeOf(write: number, slot: number): number {
  const lap = ((write >>> 0) / changesMax + 1) & (changeLaps - 1);
  return (lap << changeSlotBits) | slot;
}

/** The slot that was written then, or null when this is the word of another lap. */
export function slotOfChange(write: number, word: number): number | null {
  const slot = word & ((1 << changeSlotBits) - 1);
  return changeOf(write, slot) === word ? slot : null;
}

/** First word of a slot. */
export function slotStart(slot: number): number {
  return changesStart + changesMax + slot * slotWords;
}

/** First word of the copy of the row that this sequence number points to. */
export function rowStart(slot: number, sequence: number): number {
  return slotStart(slot) + copiesWord + (sequence & 1) * rowWords;
}

/** Bytes of a table with room for this many slots. */
export function tableBytes(capacity: number): number {
  return slotStart(capacity) * 4;
}
