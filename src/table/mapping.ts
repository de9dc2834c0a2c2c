// A file as the memory of a table. It has its full length from the beginning, because a mapping cannot be made longer in place
// for those who have it: what is not in use is a hole and takes no disk. Before slots are used, zeros are
// written there: a full disk is then an error here, not a signal that ends the process when a hole is first touched. Never
// truncate a file that is mapped: that ends every process that touches what is gone.

import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

const pieceBytes = 1 << 20;

/** Creates a file of this length, of which the first `usedBytes` are there to be used; returns its descriptor. */
export function createSparseFile(path: string, length: number, usedBytes: number): number {
  const descriptor = openSync(path, "wx+");
  try {
    ftruncateSync(descriptor, length);
    writeZeros(descriptor, 0, usedBytes);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** Fills a hole of the file, up to `to`. */
export function fillHole(path: string, from: number, to: number): void {
  const descriptor = openSync(path, "r+");
  try {
    writeZeros(descriptor, from, to);
  } finally {
    closeSync(descriptor);
  }
}

/** A path to an open file of this process that stays right when the file is renamed. */
export function pathOfDescriptor(descriptor: number): string {
  return `${process.platform === "linux" ? "/proc/self" : "/dev"}/fd/${descriptor}`;
}

/** The file as words that every thread which maps it shares. Each thread maps it for itself: a message would copy it. */
export function mapWords(path: string): Int32Array {
  return new Int32Array(Bun.mmap(path, { shared: true }).buffer);
}

function writeZeros(descriptor: number, from: number, to: number): void {
  const zeros = new Uint8Array(Math.min(pieceBytes, to - from));
  for (let at = from; at < to; ) {
    at += writeSync(descriptor, zeros, 0, Math.min(zeros.length, to - at), at);
  }
}
