// The numbers of traffic, in memory that threads share: the traffic thread counts, whoever exposes them reads, and they outlive a
// thread that is replaced. A series is a set of labels; there are at most so many, and what finds no room is counted in the
// first one, whose labels all say "other".

import { type Entry, type EntrySource, entrySources } from "./entry.ts";
import { type TrafficClass, trafficClasses } from "./traffic-class.ts";

export type Labels = Readonly<Record<string, string>>;

/** What became of an entry. */
export const results = ["counted", "duplicate", "cache_hit", "health_check", "rejected"] as const;

export type Result = (typeof results)[number];

export const durationBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300] as const;
export const firstTokenBounds = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30] as const;

/** Words of 64 bits; a histogram has a word for each bound, one beyond them and the sum. */
const at = {
  classes: 0,
  duration: trafficClasses.length,
  firstToken: trafficClasses.length + durationBounds.length + 2,
  promptTokens: trafficClasses.length + durationBounds.length + firstTokenBounds.length + 4,
} as const;
const words = {
  promptTokens: at.promptTokens,
  completionTokens: at.promptTokens + 1,
  costUsd: at.promptTokens + 2,
} as const;
const stride = at.promptTokens + 3;
const foldedWord = entrySources.length * results.length;
const headWords = foldedWord + 1;
const wordBytes = Float64Array.BYTES_PER_ELEMENT;

/** Everything that is not said of a deployment's own. */
export const overflowSeries = 0;

export interface HistogramReading {
  readonly bounds: readonly number[];
  /** By bucket, the last one beyond all bounds; not cumulative. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

export interface SeriesReading {
  readonly classes: readonly (readonly [name: TrafficClass, count: number])[];
  readonly duration: HistogramReading;
  readonly firstToken: HistogramReading;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number;
}

export class Counters {
  readonly buffer: SharedArrayBuffer;
  readonly #all: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#all = new Float64Array(buffer);
  }

  /** Only what is used of it becomes memory. */
  static withRoomFor(seriesMax: number): Counters {
    return new Counters(new SharedArrayBuffer((headWords + (seriesMax + 1) * stride) * wordBytes));
  }

  /** Series besides the one for everything else. */
  get seriesMax(): number {
    return Math.floor((this.#all.length - headWords) / stride) - 1;
  }

  addResult(source: EntrySource, result: Result): void {
    this.#add(resultWord(source, result), 1);
  }

  result(source: EntrySource, result: Result): number {
    return this.#all[resultWord(source, result)] ?? 0;
  }

  folded(): number {
    return this.#all[foldedWord] ?? 0;
  }

  record(series: number, entry: Entry): void {
    const base = baseOf(series);
    if (series === overflowSeries) this.#add(foldedWord, 1);
    this.#add(base + at.classes + trafficClasses.indexOf(entry.class), 1);
    this.#add(base + words.promptTokens, entry.promptTokens);
    this.#add(base + words.completionTokens, entry.completionTokens);
    this.#add(base + words.costUsd, entry.costUsd);
    // How fast it answers is told by its answers; how long it took to fail says nothing of that.
    if (entry.class !== "ok") return;
    this.#observe(base + at.duration, durationBounds, (entry.endMs - entry.startMs) / 1000);
    if (entry.firstTokenMs !== null) {
      this.#observe(base + at.firstToken, firstTokenBounds, entry.firstTokenMs / 1000);
    }
  }

  clear(series: number): void {
    this.#all.fill(0, baseOf(series), baseOf(series + 1));
  }

  read(series: number): SeriesReading {
    const base = baseOf(series);
    const word = (index: number) => this.#all[base + index] ?? 0;
    const histogram = (from: number, bounds: readonly number[]): HistogramReading => ({
      bounds,
      counts: Array.from({ length: bounds.length + 1 }, (_, index) => word(from + index)),
      sumSeconds: word(from + bounds.length + 1),
    });
    return {
      classes: trafficClasses.map((name, index) => [name, word(at.classes + index)] as const),
      duration: histogram(at.duration, durationBounds),
      firstToken: histogram(at.firstToken, firstTokenBounds),
      promptTokens: word(words.promptTokens),
      completionTokens: word(words.completionTokens),
      costUsd: word(words.costUsd),
    };
  }

  #observe(from: number, bounds: readonly number[], seconds: number): void {
    const above = bounds.findIndex((bound) => seconds <= bound);
    this.#add(from + (above < 0 ? bounds.length : above), 1);
    this.#add(from + bounds.length + 1, seconds);
  }

  #add(index: number, amount: number): void {
    this.#all[index] = (this.#all[index] ?? 0) + amount;
  }
}

const baseOf = (series: number) => headWords + series * stride;

function resultWord(source: EntrySource, result: Result): number {
  return entrySources.indexOf(source) * results.length + results.indexOf(result);
}
