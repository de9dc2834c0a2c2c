// What others tell of their deployments: taken from the channel in the order in which it came, a slice at a time, and handed to who
// believes it or not. What arrives faster than it can be looked at is bounded: then all of it is dropped, and what Redis
// keeps is read instead.

import { clockSkewMaxMs } from "../table/plausible-row.ts";
import { isRow, scalarOfBytes } from "../table/row-words.ts";
import { type FramedRow, frameAt, framesStart, senderOf } from "./row-frames.ts";
import type { SlotIndex } from "./slot-index.ts";

const waitingBytesMax = 16 * 1024 * 1024;
const sliceMs = 1;

/**
 * What became of a row. `known`: the table has it, or a newer one. `busy`: a thread here has the slot, or it is not there yet; it may be
 * taken later. `refused`: it cannot be a row of this deployment.
 */
export type RowEnd = "taken" | "known" | "busy" | "refused";

export interface ReceivingOptions {
  /** Messages of this sender are our own. */
  readonly id: string;
  readonly wallMs: () => number;
  readonly onRow: (slot: number, row: Uint8Array) => RowEnd;
  /** What was busy, or lost on the way: it has to be read from Redis. */
  readonly onMissed: (slot: number | "all") => void;
}

export interface Receiving {
  begin(index: SlotIndex | null): void;
  /** A message of the channel of changes. */
  message(bytes: Buffer): void;
  /** One row that was read from Redis. */
  row(row: FramedRow): void;
  counts(): Readonly<Record<"received" | "refused" | "stale", number>>;
  /** Of the last row that was taken from the channel. */
  last(): { readonly atMs: number; readonly by: string } | null;
}

export function createReceiving(options: ReceivingOptions): Receiving {
  const { id, wallMs, onRow, onMissed } = options;
  const counts = { received: 0, refused: 0, stale: 0 };
  let index: SlotIndex | null = null;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** In the first message that waits. */
  let start = framesStart;
  let isBusy = false;
  let last: { atMs: number; by: string } | null = null;

  function work(): void {
    const endMs = performance.now() + sliceMs;
    while (waiting.length > 0 && performance.now() < endMs) {
      const message = waiting[0] as Buffer;
      const frame = frameAt(message, start);
      if (frame !== null) {
        start = frame.next;
        if (take(frame.row)) last = { atMs: wallMs(), by: senderOf(message) };
      } else {
        counts.refused += 1;
      }
      if (frame === null || start === message.length) drop(message);
    }
    isBusy = waiting.length > 0;
    if (isBusy) setImmediate(work);
  }

  function drop(message: Buffer): void {
    waiting.shift();
    waitingBytes -= message.length;
    start = framesStart;
  }

  function dropAll(): void {
    waiting = [];
    waitingBytes = 0;
    start = framesStart;
  }

  function take({ key, bytes }: FramedRow): boolean {
    const slot = index?.find(key) ?? -1;
    const end = slot >= 0 && isRow(bytes) ? onRow(slot, bytes) : "refused";
    if (end === "taken") counts.received += 1;
    else if (end === "known") counts.stale += 1;
    else if (end === "refused") counts.refused += 1;
    // A clock is wrong, here or there: the row may be right all the same, and is looked at again.
    if (end === "busy" || (end === "refused" && slot >= 0 && isEarly(bytes))) onMissed(slot);
    return end === "taken";
  }

  function isEarly(bytes: Uint8Array): boolean {
    return isRow(bytes) && scalarOfBytes(bytes, "lastCheckMs") > wallMs() + clockSkewMaxMs;
  }

  return {
    begin(next) {
      index = next;
      dropAll();
    },
    message(bytes) {
      if (index === null || senderOf(bytes) === id) return;
      if (waitingBytes + bytes.length > waitingBytesMax) {
        dropAll();
        onMissed("all");
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (isBusy) return;
      isBusy = true;
      setImmediate(work);
    },
    row: (row) => void take(row),
    counts: () => counts,
    last: () => last,
  };
}
