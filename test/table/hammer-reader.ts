// A thread that reads rows until it has read so many, so many of them new, or for so long, and tells what it saw. `rows`: whole rows, as the service
// reads them, each compared field by field. `words`: what a hundred million reads can pay for: the words that are
// farthest apart and one that is another with every read, from the copy that the sequence points to.

import { parentPort, workerData } from "node:worker_threads";
import {
  classCountsWord,
  rowStart,
  rowWords,
  sequenceWord,
  slotStart,
  textLengthWord,
  textWord,
} from "../../src/table/layout.ts";
import { createReader } from "../../src/table/reader.ts";
import { putRow } from "../../src/table/row-words.ts";
import { attachTable, type TableHandle } from "../../src/table/table.ts";
import { isTorn, roundsMax, rowOfRound } from "./pattern.ts";

export interface Hammered {
  readonly reads: number;
  /** Reads of a row that was another one than the slot's last. */
  readonly fresh: number;
  readonly torn: number;
  /** Reads of words that began anew because the slot was written twice meanwhile. */
  readonly retries: number;
}

const { handle, slots, how, readsMin, freshMin, forMs } = workerData as {
  readonly handle: TableHandle;
  readonly slots: number;
  readonly how: "rows" | "words";
  readonly readsMin: number;
  readonly freshMin: number;
  readonly forMs: number;
};
const table = attachTable(handle);
const deadlineMs = performance.now() + forMs;
const readsInPiece = 10_000;
const counts = { reads: 0, fresh: 0, torn: 0, retries: 0 };
const readPiece = how === "rows" ? readRows() : readWords();
const isDone = () => counts.reads >= readsMin && counts.fresh >= freshMin;
while (!isDone() && performance.now() < deadlineMs) readPiece();
parentPort?.postMessage(counts satisfies Hammered);
parentPort?.close();

function readRows(): () => void {
  const reader = createReader(table);
  const last: unknown[] = [];
  return () => {
    for (let read = 0; read < readsInPiece; read += 1) {
      const slot = read % slots;
      const reading = reader.read(slot);
      counts.reads += 1;
      // Sequence 0: the first tries of a reader that is still being compiled were all too slow, and there is no row before.
      if (reading === last[slot] || reading.sequence === 0) continue;
      last[slot] = reading;
      counts.fresh += 1;
      if (isTorn(reading.row) || reading.identity !== slot + 1) counts.torn += 1;
    }
  };
}

function readWords(): () => void {
  const { words } = table;
  const stateWord = 2;
  const patterns = Array.from({ length: roundsMax }, (_, round) => {
    const row = new Int32Array(rowWords);
    putRow(row, 0, 0, rowOfRound(round));
    return row;
  });
  const lastWords = patterns.map((row) => textWord + (((row[textLengthWord] ?? 0) - 1) >> 2));
  const sequences = new Int32Array(slots);
  let word = stateWord;
  return () => {
    for (let read = 0; read < readsInPiece; ) {
      const slot = read % slots;
      const at = slotStart(slot) + sequenceWord;
      const sequence = Atomics.load(words, at);
      const start = rowStart(slot, sequence);
      word = word === textLengthWord ? stateWord : word + 1;
      const round = Atomics.load(words, start + stateWord);
      const pattern = patterns[round];
      const lastWord = lastWords[round];
      if (pattern === undefined || lastWord === undefined) {
        counts.torn += 1;
        break;
      }
      const other = Atomics.load(words, start + word);
      const middle = Atomics.load(words, start + classCountsWord);
      const length = Atomics.load(words, start + textLengthWord);
      const last = Atomics.load(words, start + lastWord);
      if (Atomics.load(words, at) !== sequence) {
        counts.retries += 1;
        continue;
      }
      read += 1;
      if (sequences[slot] !== sequence) counts.fresh += 1;
      sequences[slot] = sequence;
      if (
        other !== pattern[word] ||
        middle !== pattern[classCountsWord] ||
        length !== pattern[textLengthWord] ||
        last !== pattern[lastWord]
      ) {
        counts.torn += 1;
      }
    }
    counts.reads += readsInPiece;
  };
}
