// How an account stands, as bytes: some 100 of them, where objects and arrays take 600. Every number comes back as it was.
//
// A number below 252 is one byte; else a byte tells what follows: 252 two bytes, 253 four, 254 six, 255 a double. A text is its length in
// bytes and its UTF-8; counts are how many pairs there are, then each index as the difference to the one before, and its count.

import type { Standing } from "./account.ts";
import type { Accounted } from "./accounted.ts";
import type { Rollup } from "./rollup.ts";
import type { Counts } from "./sparse-counts.ts";

const wordNext = 252;
const longNext = 253;
const timeNext = 254;
const doubleNext = 255;
const high = 2 ** 32;
const numberBytesMax = 9;

/** What is packed and unpacked just now; it grows with the longest one. */
let scratch = Buffer.alloc(1024);
let at = 0;

export function pack({ accounted, minute, hour, countedMs }: Standing): Uint8Array {
  at = 0;
  putNumber(countedMs);
  putAccounted(accounted);
  putRollup(minute);
  putRollup(hour);
  return new Uint8Array(scratch.subarray(0, at));
}

export function unpack(bytes: Uint8Array): Standing {
  makeRoom(bytes.length);
  scratch.set(bytes);
  at = 0;
  const countedMs = takeNumber();
  const accounted = takeAccounted();
  const minute = takeRollup();
  const hour = takeRollup();
  return { accounted, minute, hour, countedMs };
}

function putAccounted(accounted: Accounted): void {
  putNumber(accounted.state);
  putNumber(accounted.transitions);
  putNumber(accounted.lastCheckMs);
  putNumber(accounted.promptTokens);
  putNumber(accounted.completionTokens);
  putNumber(accounted.costNanoUsd);
  putNumber(accounted.costUnknownProbes);
  putText(accounted.servedModel);
  putCounts(accounted.classes);
  putNumber(accounted.isOfPeer ? 1 : 0);
}

function takeAccounted(): Accounted {
  return {
    state: takeNumber(),
    transitions: takeNumber(),
    lastCheckMs: takeNumber(),
    promptTokens: takeNumber(),
    completionTokens: takeNumber(),
    costNanoUsd: takeNumber(),
    costUnknownProbes: takeNumber(),
    servedModel: takeText(),
    classes: takeCounts(),
    isOfPeer: takeNumber() === 1,
  };
}

/** One byte tells whether there is one. */
function putRollup(rollup: Rollup | null): void {
  putNumber(rollup === null ? 0 : 1);
  if (rollup === null) return;
  putNumber(rollup.startMs);
  putCounts(rollup.classes);
  putCounts(rollup.latency);
  putNumber(rollup.promptTokens);
  putNumber(rollup.completionTokens);
  putNumber(rollup.costNanoUsd);
  putNumber(rollup.upMs);
  putNumber(rollup.downMs);
}

function takeRollup(): Rollup | null {
  if (takeNumber() === 0) return null;
  return {
    startMs: takeNumber(),
    classes: takeCounts(),
    latency: takeCounts(),
    promptTokens: takeNumber(),
    completionTokens: takeNumber(),
    costNanoUsd: takeNumber(),
    upMs: takeNumber(),
    downMs: takeNumber(),
  };
}

function putCounts(counts: Counts): void {
  putNumber(counts.length >> 1);
  let last = 0;
  for (let place = 0; place < counts.length; place += 2) {
    const index = counts[place] ?? 0;
    putNumber(index - last);
    putNumber(counts[place + 1] ?? 0);
    last = index;
  }
}

function takeCounts(): Counts {
  const counts: Counts = [];
  let index = 0;
  for (let pairs = takeNumber(); pairs > 0; pairs -= 1) {
    index += takeNumber();
    counts.push(index, takeNumber());
  }
  return counts;
}

function putText(text: string): void {
  const length = Buffer.byteLength(text);
  putNumber(length);
  makeRoom(at + length);
  at += scratch.write(text, at);
}

function takeText(): string {
  const length = takeNumber();
  at += length;
  return length === 0 ? "" : scratch.toString("utf8", at - length, at);
}

function putNumber(value: number): void {
  makeRoom(at + numberBytesMax);
  if (!Number.isInteger(value) || value < 0 || value >= high * 2 ** 16 || Object.is(value, -0)) {
    scratch[at] = doubleNext;
    at = scratch.writeDoubleLE(value, at + 1);
  } else if (value < wordNext) {
    scratch[at] = value;
    at += 1;
  } else if (value < 2 ** 16) {
    scratch[at] = wordNext;
    at = scratch.writeUInt16LE(value, at + 1);
  } else if (value < high) {
    scratch[at] = longNext;
    at = scratch.writeUInt32LE(value, at + 1);
  } else {
    scratch[at] = timeNext;
    at = scratch.writeUIntLE(value, at + 1, 6);
  }
}

function takeNumber(): number {
  const first = scratch[at] ?? 0;
  at += 1;
  switch (first) {
    case wordNext:
      at += 2;
      return scratch.readUInt16LE(at - 2);
    case longNext:
      at += 4;
      return scratch.readUInt32LE(at - 4);
    case timeNext:
      at += 6;
      return scratch.readUIntLE(at - 6, 6);
    case doubleNext:
      at += 8;
      return scratch.readDoubleLE(at - 8);
    default:
      return first;
  }
}

function makeRoom(length: number): void {
  if (length <= scratch.length) return;
  const larger = Buffer.alloc(2 * length);
  larger.set(scratch);
  scratch = larger;
}
