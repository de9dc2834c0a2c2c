// Metrics with many series as text of the exposition: lines are put together as they come, in pieces, and never as objects.
// What is written is joined from time to time, which takes a third of adding to a string.

import { sharedBytesOf } from "./shared-bytes.ts";
import type { TrafficHistogram } from "./sources.ts";

const pieceCharacters = 65_536;

interface Text {
  open: string[];
  length: number;
  readonly pieces: SharedArrayBuffer[];
}

type BoundText = (bound: number) => string;

/** A bound as OpenMetrics, and LiteLLM's client in any format, writes it: `1.0`. */
export const canonicalBound: BoundText = (bound) =>
  Number.isInteger(bound) ? bound.toFixed(1) : String(bound);

export class ExpositionText<Name extends string> {
  readonly #texts: ReadonlyMap<Name, Text>;
  readonly #boundText: BoundText;
  /** The bounds of a histogram are one list for all of its series. */
  readonly #bounds = new WeakMap<readonly number[], readonly string[]>();

  /** Each metric begins with its head. */
  constructor(
    names: readonly Name[],
    headOf: (name: Name) => string,
    boundText: BoundText = String,
  ) {
    this.#texts = new Map(
      names.map((name) => [name, { open: [headOf(name)], length: 0, pieces: [] }]),
    );
    this.#boundText = boundText;
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
  histogram(name: Name, labels: string, { bounds, counts, sumSeconds }: TrafficHistogram): void {
    const text = this.#texts.get(name);
    if (text === undefined) return;
    const texts = this.#textsOf(bounds);
    const head = `${name}_bucket{${labels},le="`;
    let count = 0;
    for (let index = 0; index < counts.length; index += 1) {
      count += counts[index] ?? 0;
      text.open.push(head, texts[index] ?? "+Inf", '"} ', String(count), "\n");
    }
    text.length += counts.length * (head.length + 8);
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

  #textsOf(bounds: readonly number[]): readonly string[] {
    const known = this.#bounds.get(bounds) ?? bounds.map(this.#boundText);
    this.#bounds.set(bounds, known);
    return known;
  }
}

/** What is open becomes a piece, and memory that needs no other copy. */
function close(text: Text): void {
  if (text.open.length === 0) return;
  text.pieces.push(sharedBytesOf(text.open.join("")));
  text.open = [];
  text.length = 0;
}
