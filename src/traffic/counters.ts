// The numbers of traffic, in memory that threads share: the traffic thread counts, whoever exposes them reads, and they outlive a
// thread that is replaced. A series is a set of labels; there are at most so many, and what finds no room is counted in the
// first one, whose labels all say "other".

import {
  type CounterShape,
  type HistogramPlace,
  type LitellmHistogramName,
  type ShapeSettings,
  shapeOf,
} from "./counter-shape.ts";
import { type Entry, type EntrySource, entrySources } from "./entry.ts";
import { type TrafficClass, trafficClasses } from "./traffic-class.ts";

export type Labels = Readonly<Record<string, string>>;

/** What became of an entry. */
export const results = ["counted", "duplicate", "cache_hit", "health_check", "rejected"] as const;

export type Result = (typeof results)[number];

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
  /** By LiteLLM's bounds; null where that is not wanted. */
  readonly litellm: Readonly<Record<LitellmHistogramName, HistogramReading>> | null;
}

export class Counters {
  readonly buffer: SharedArrayBuffer;
  readonly #all: Float64Array;
  readonly #shape: CounterShape;

  constructor(buffer: SharedArrayBuffer, settings: ShapeSettings) {
    this.buffer = buffer;
    this.#all = new Float64Array(buffer);
    this.#shape = shapeOf(settings);
  }

  /** Only what is used of it becomes memory. */
  static withRoomFor(seriesMax: number, settings: ShapeSettings): Counters {
    const words = headWords + (seriesMax + 1) * shapeOf(settings).stride;
    return new Counters(new SharedArrayBuffer(words * wordBytes), settings);
  }

  /** Series besides the one for everything else. */
  get seriesMax(): number {
    return Math.floor((this.#all.length - headWords) / this.#shape.stride) - 1;
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
    const shape = this.#shape;
    const base = this.#baseOf(series);
    if (series === overflowSeries) this.#add(foldedWord, 1);
    this.#add(base + shape.classesAt + trafficClasses.indexOf(entry.class), 1);
    this.#add(base + shape.promptTokensAt, entry.promptTokens);
    this.#add(base + shape.completionTokensAt, entry.completionTokens);
    this.#add(base + shape.costUsdAt, entry.costUsd);
    // How fast it answers is told by its answers; how long it took to fail says nothing of that.
    if (entry.class !== "ok") return;
    const durationMs = entry.endMs - entry.startMs;
    this.#observe(base, shape.duration, durationMs);
    if (entry.firstTokenMs !== null) this.#observe(base, shape.firstToken, entry.firstTokenMs);
    if (shape.litellm === null) return;
    const { total, api, firstToken, perOutputToken } = shape.litellm;
    this.#observe(base, total, durationMs);
    this.#observe(base, api, Math.max(0, durationMs - entry.overheadMs));
    if (entry.firstTokenMs !== null) this.#observe(base, firstToken, entry.firstTokenMs);
    if (entry.completionTokens === 0) return;
    // As LiteLLM has it: of a stream, the time to the first token.
    this.#observe(
      base,
      perOutputToken,
      (entry.firstTokenMs ?? durationMs) / entry.completionTokens,
    );
  }

  clear(series: number): void {
    this.#all.fill(0, this.#baseOf(series), this.#baseOf(series + 1));
  }

  read(series: number): SeriesReading {
    const shape = this.#shape;
    const base = this.#baseOf(series);
    const word = (index: number) => this.#all[base + index] ?? 0;
    const histogram = ({ at, bounds }: HistogramPlace): HistogramReading => ({
      bounds,
      counts: this.#words(base + at, bounds.length + 1),
      sumSeconds: word(at + bounds.length + 1),
    });
    const { litellm } = shape;
    return {
      classes: trafficClasses.map((name, index) => [name, word(shape.classesAt + index)] as const),
      duration: histogram(shape.duration),
      firstToken: histogram(shape.firstToken),
      promptTokens: word(shape.promptTokensAt),
      completionTokens: word(shape.completionTokensAt),
      costUsd: word(shape.costUsdAt),
      litellm:
        litellm === null
          ? null
          : {
              total: histogram(litellm.total),
              api: histogram(litellm.api),
              firstToken: histogram(litellm.firstToken),
              perOutputToken: histogram(litellm.perOutputToken),
            },
    };
  }

  /** A loop: a scrape of a large fleet has millions of them. */
  #words(from: number, length: number): number[] {
    const words = new Array<number>(length);
    for (let index = 0; index < length; index += 1) words[index] = this.#all[from + index] ?? 0;
    return words;
  }

  #baseOf(series: number): number {
    return headWords + series * this.#shape.stride;
  }

  #observe(base: number, { at, bounds }: HistogramPlace, ms: number): void {
    const seconds = ms / 1000;
    const above = bounds.findIndex((bound) => seconds <= bound);
    this.#add(base + at + (above < 0 ? bounds.length : above), 1);
    this.#add(base + at + bounds.length + 1, seconds);
  }

  #add(index: number, amount: number): void {
    this.#all[index] = (this.#all[index] ?? 0) + amount;
  }
}

function resultWord(source: EntrySource, result: Result): number {
  return entrySources.indexOf(source) * results.length + results.indexOf(result);
}
