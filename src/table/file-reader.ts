// Reads a table file from outside, without a request to the process that writes it: nothing is mapped and nothing is locked, so
// a permission to read is enough, and a file that goes away harms nobody. Whether a row is whole its checksum tells.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { LayoutError } from "../errors.ts";
import { type SlotLabel, takeLabel } from "./label.ts";
import {
  capacityWord,
  headerWords,
  identityWord,
  layoutMagic,
  layoutVersion,
  magicWord,
  ownerPidWord,
  rowStart,
  sequenceWord,
  slotBytes,
  slotStart,
  slotWords,
  slotWordsWord,
  tableBytes,
  versionWord,
} from "./layout.ts";
import { emptyRow, type Row } from "./row.ts";
import { isWhole, rowOfBytes, takeBytes } from "./row-words.ts";
import { slotsMax } from "./table.ts";

/** What a file says of one deployment. */
export interface FileReading {
  readonly slot: number;
  readonly identity: number;
  readonly label: SlotLabel;
  /** The row as bytes (see row-words.ts). */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly row: Row;
}

export interface TableFile {
  /** Who writes it, or wrote it last. */
  readonly ownerPid: number;
  /** Every slot that is in use, as it is now. Slots that show no whole row are left out. */
  readings(): Generator<FileReading>;
  /** Another file has its name now: a service began anew. */
  isReplaced(): boolean;
  close(): void;
}

const slotsInPiece = 256;
const triesMax = 64;

/** Opens it; throws LayoutError when it is no table of this version, or was cut. */
export function openTableFile(path: string): TableFile {
  const descriptor = openSync(path, "r");
  let header: Int32Array;
  try {
    header = headerOf(path, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }

  /** Reads slots as words; fewer where the file ends. */
  function readSlots(from: number, count: number): Int32Array {
    const words = new Int32Array(count * slotWords);
    const byteCount = readSync(descriptor, words, 0, words.byteLength, slotStart(from) * 4);
    return words.subarray(0, Math.floor(byteCount / slotBytes) * slotWords);
  }

  function readSlot(slot: number, first: Int32Array): FileReading | null {
    let words = first;
    for (let tries = 0; tries < triesMax; tries += 1) {
      if (words.length < slotWords || words[sequenceWord] === 0) return null;
      const found = readingIn(words, slot, words[sequenceWord] ?? 0);
      if (found !== "torn") return found;
      // Somebody writes it just now.
      words = readSlots(slot, 1);
    }
    // Nobody does: its page was not written before the machine stopped. The row before it may be there.
    const before = readingIn(words, slot, (words[sequenceWord] ?? 0) + 1);
    return before === "torn" ? null : before;
  }

  return {
    ownerPid: header[ownerPidWord] ?? 0,
    *readings() {
      const capacity = capacityOf(headerOf(path, descriptor));
      for (let from = 0; from < capacity; from += slotsInPiece) {
        const words = readSlots(from, Math.min(slotsInPiece, capacity - from));
        for (let index = 0; index * slotWords < words.length; index += 1) {
          const found = readSlot(from + index, words.subarray(index * slotWords));
          if (found !== null) yield found;
        }
      }
    },
    isReplaced() {
      const now = statSync(path, { throwIfNoEntry: false });
      return now?.ino !== fstatSync(descriptor).ino;
    },
    close: () => closeSync(descriptor),
  };
}

/** The row of a slot that was read; null when the slot is free. */
function readingIn(words: Int32Array, slot: number, sequence: number): FileReading | null | "torn" {
  // As if the words read were a table's first slot.
  const start = rowStart(0, sequence) - slotStart(0);
  if (!isWhole(words, start)) return "torn";
  const identity = words[start + identityWord] ?? 0;
  if (identity === 0) return null;
  const label = takeLabel(words, 0, identity);
  if (label === null) return "torn";
  const bytes = takeBytes(words, start);
  return {
    slot,
    identity,
    label,
    bytes,
    get row() {
      return rowOfBytes(bytes) ?? emptyRow();
    },
  };
}

function headerOf(path: string, descriptor: number): Int32Array {
  const header = new Int32Array(headerWords);
  readSync(descriptor, header, 0, header.byteLength, 0);
  if (header[magicWord] !== layoutMagic) throw new LayoutError(`${path} is not a table file`);
  if (header[versionWord] !== layoutVersion || header[slotWordsWord] !== slotWords) {
    throw new LayoutError(`${path} is a table file of another version (${header[versionWord]})`);
  }
  const capacity = capacityOf(header);
  if (capacity > slotsMax || fstatSync(descriptor).size < tableBytes(capacity)) {
    throw new LayoutError(`${path} is not as long as a table of ${capacity} slots is`);
  }
  return header;
}

function capacityOf(header: Int32Array): number {
  return (header[capacityWord] ?? 0) >>> 0;
}
