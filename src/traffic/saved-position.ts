// How far spend logs were followed, and what was counted lately, in a file of its own: the next process goes on there and counts
// nothing twice. A line of JSON, then the remembered hashes. What cannot be read is as if there was none.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SavedDedupe } from "./dedupe.ts";

export interface SavedPosition {
  readonly followedMs: number;
  readonly dedupe: SavedDedupe;
}

interface Head {
  readonly format: typeof format;
  readonly followedMs: number;
  readonly exactSinceMs: number;
  readonly generations: readonly { readonly startMs: number; readonly words: number }[];
  readonly checksum: number;
}

const format = "fleetpulse spend logs 1";

/** Throws when it cannot be written. */
export function savePosition(file: string, { followedMs, dedupe }: SavedPosition): void {
  const { exactSinceMs, generations } = dedupe;
  const bodies = generations.map(({ words }) => new Uint8Array(words.buffer));
  const body = Buffer.concat(bodies);
  const head: Head = {
    format,
    followedMs,
    exactSinceMs,
    generations: generations.map(({ startMs, words }) => ({ startMs, words: words.length })),
    checksum: Bun.hash.xxHash32(body),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]), {
    mode: 0o600,
  });
  // Whoever ends in between leaves the old one whole.
  renameSync(`${file}.new`, file);
}

export function readPosition(file: string): SavedPosition | null {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf("\n");
    const head = JSON.parse(bytes.toString("utf8", 0, end)) as Head;
    const body = bytes.subarray(end + 1);
    if (head.format !== format || head.checksum !== Bun.hash.xxHash32(body)) return null;
    let from = 0;
    const generations = head.generations.map(({ startMs, words }) => {
      const part = body.subarray(from, from + words * 4);
      from += words * 4;
      // A copy: words must begin at a multiple of four.
      return { startMs, words: new Uint32Array(new Uint8Array(part).buffer) };
    });
    const { followedMs, exactSinceMs } = head;
    return { followedMs, dedupe: { exactSinceMs, generations } };
  } catch {
    return null;
  }
}
