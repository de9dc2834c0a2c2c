// Metrics with many series as text of the exposition: lines are put together as they come, in pieces, and never as objects.

import { sharedBytesOf } from "./shared-bytes.ts";
import type { TrafficHistogram } from "./sources.ts";

const pieceCharacters = 65_536;

interface Text {
  open: string[];
  length: number;
  readonly pieces: SharedArrayBuffer[];
}

export class ExpositionText<Name extends string> {
  readonly #texts: ReadonlyMap<Name, Text>;

  /** Each metric begins with its head. */
  constructor(names: readonly Name[], headOf: (name: Name) => string) {
    this.#texts = new Map(
      names.map((name) => [name, { open: [headOf(name)], length: 0, pieces: [] }]),
    );
  }

  /** `labels` as they stand between the braces. */
  write(name: Name, suffix: string, labels: string, value: number): void {
    const text = this.#texts.get(name);
    if (text === undefined) return;
    text.open.push(name, suffix, "{", labels, "} ", String(value), "\n");
    text.length += name.length + labels.length + suffix.length + 8;
    if (text.length >= pieceCharacters) close(text);
  }

  /** Cumulative buckets, sum and count. */
  histogram(
    name: Name,
    labels: string,
    { bounds, counts, sumSeconds }: TrafficHistogram,
    boundText: (bound: number) => string = String,
  ): void {
    let count = 0;
    for (const [index, inBucket] of counts.entries()) {
      count += inBucket;
      const bound = bounds[index];
      const le = bound === undefined ? "+Inf" : boundText(bound);
      this.write(name, "_bucket", `${labels},le="${le}"`, count);
    }
    this.write(name, "_sum", labels, sumSeconds);
    this.write(name, "_count", labels, count);
  }

  /** All of it, in order. */
  pieces(): SharedArrayBuffer[] {
    return [...this.#texts.values()].flatMap((text) => {
      close(text);
      return text.pieces;
    });
  }
}

/** What is open becomes a piece, and memory that needs no other copy. */
function close(text: Text): void {
  if (text.open.length === 0) return;
  text.pieces.push(sharedBytesOf(text.open.join("")));
  text.open = [];
  text.length = 0;
}
