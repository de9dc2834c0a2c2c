// What tells people and other processes which deployment a slot belongs to: its model_id and a second hash of its key. Written
// while the slot is free, so no reader ever sees a deployment's row under another's name.

import { addToChecksum, checksumStart } from "./checksum.ts";
import {
  keyHashWord,
  labelBytesMax,
  labelChecksumWord,
  labelLengthWord,
  labelWord,
} from "./layout.ts";

export interface SlotLabel {
  /** Beside the identity: two deployments of 100,000 that share both are not to be expected in a million years. */
  readonly keyHash: number;
  readonly modelId: string;
}

export const noLabel: SlotLabel = { keyHash: 0, modelId: "" };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = new Uint8Array(labelBytesMax);
const textWords = new Int32Array(bytes.buffer);

/** Writes the label of the slot that begins at `start`. A name that does not fit is cut between two characters. */
export function putLabel(
  words: Int32Array,
  start: number,
  identity: number,
  label: SlotLabel,
): void {
  const { written } = encoder.encodeInto(label.modelId, bytes);
  bytes.fill(0, written, (written + 3) & ~3);
  Atomics.store(words, start + keyHashWord, label.keyHash);
  Atomics.store(words, start + labelLengthWord, written);
  for (let index = 0; index * 4 < written; index += 1) {
    Atomics.store(words, start + labelWord + index, textWords[index] as number);
  }
  Atomics.store(words, start + labelChecksumWord, checksumOf(words, start, identity, written));
}

/** The label of the slot that begins at `start`; null when it is not the one of this identity. */
export function takeLabel(words: Int32Array, start: number, identity: number): SlotLabel | null {
  const length = Math.min(labelBytesMax, Atomics.load(words, start + labelLengthWord) >>> 0);
  const checksum = Atomics.load(words, start + labelChecksumWord);
  if (checksumOf(words, start, identity, length) !== checksum) return null;
  for (let index = 0; index * 4 < length; index += 1) {
    textWords[index] = Atomics.load(words, start + labelWord + index);
  }
  return {
    keyHash: Atomics.load(words, start + keyHashWord),
    modelId: decoder.decode(bytes.subarray(0, length)),
  };
}

function checksumOf(words: Int32Array, start: number, identity: number, length: number): number {
  let checksum = addToChecksum(checksumStart, identity);
  const end = start + labelWord + ((length + 3) >> 2);
  for (let word = start + keyHashWord; word < end; word += 1) {
    checksum = addToChecksum(checksum, Atomics.load(words, word));
  }
  return checksum;
}
