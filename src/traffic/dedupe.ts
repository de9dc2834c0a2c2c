// What was counted already, so that a request that comes as a callback and as a row of spend logs, or twice, is counted once.
//
// Keys are remembered as 64-bit hashes in two generations: when the current one is old or full, it becomes the previous one, and what
// was the previous one is forgotten. So a key is remembered for at least one span, or for as long as a full generation took to fill.
// They lie in memory that threads share: a thread that takes over from one that died goes on with them (see onMoved).
// `exactSinceMs` says since when nothing was forgotten: rows of requests that began earlier are not counted any more, rather
// than twice.

/** Two 32-bit halves of a hash for every key; 0, 0 is an empty place. */
interface Generation {
  readonly startMs: number;
  words: Uint32Array;
  count: number;
}

export interface SavedGeneration {
  readonly startMs: number;
  /** Its hashes, two words each; zeros in between are none. */
  readonly words: Uint32Array;
}

/** What an earlier process or thread remembered. */
export interface SavedDedupe {
  readonly exactSinceMs: number;
  /** The older one first. */
  readonly generations: readonly SavedGeneration[];
}

export interface Dedupe {
  has(key: string): boolean;
  add(key: string): void;
  /** Begins a new generation when `followedMs` (up to when everything was seen) is a span away from its beginning. */
  advance(wallMs: number, followedMs: number): void;
  exactSinceMs(): number;
  save(): SavedDedupe;
}

export interface DedupeOptions {
  readonly spanMs: number;
  /** Keys in a generation. */
  readonly keysMax: number;
  readonly wallMs: () => number;
  readonly saved: SavedDedupe | null;
  /** From now on it is remembered there. */
  readonly onMoved?: (now: SavedDedupe) => void;
}

const placesMin = 1024;
/** How much the clocks of proxies may differ from ours. */
const skewMs = 30_000;

export function createDedupe(options: DedupeOptions): Dedupe {
  const { spanMs, keysMax, wallMs, saved, onMoved } = options;
  let exactSinceMs = saved?.exactSinceMs ?? wallMs();
  const [first, second] = saved?.generations ?? [];
  let previous = generationOf(first ?? { startMs: exactSinceMs, words: new Uint32Array(0) });
  let current = generationOf(second ?? { startMs: wallMs(), words: new Uint32Array(0) });

  function moved(): void {
    onMoved?.({ exactSinceMs, generations: [previous, current] });
  }

  function rotate(nowMs: number): void {
    if (previous.count > 0) exactSinceMs = Math.max(exactSinceMs, current.startMs + skewMs);
    previous = current;
    current = { startMs: nowMs, words: placesFor(placesMin), count: 0 };
    moved();
  }

  moved();
  return {
    has(key) {
      const [low, high] = hashesOf(key);
      return holds(current, low, high) || holds(previous, low, high);
    },
    add(key) {
      const [low, high] = hashesOf(key);
      if (holds(current, low, high)) return;
      if (current.count >= keysMax) rotate(wallMs());
      const { words } = current;
      put(current, low, high);
      if (current.words !== words) moved();
    },
    advance(nowMs, followedMs) {
      if (followedMs - current.startMs >= spanMs) rotate(nowMs);
    },
    exactSinceMs: () => exactSinceMs,
    save: () => ({
      exactSinceMs,
      generations: [previous, current].map(({ startMs, words }) => ({
        startMs,
        words: compact(words),
      })),
    }),
  };
}

/** One hash of 64 bits: two of 32 with different seeds agree too often (40 of 4,000,000 similar keys in 52 bits; 0 here). */
function hashesOf(key: string): readonly [low: number, high: number] {
  const hash = Bun.hash.xxHash64(key);
  const low = Number(hash & 0xffff_ffffn);
  const high = Number(hash >> 32n);
  return low === 0 && high === 0 ? [1, 0] : [low, high];
}

/** The place of a key, or the empty place where it belongs. */
function placeOf(words: Uint32Array, low: number, high: number): number {
  const mask = words.length / 2 - 1;
  for (let place = low & mask; ; place = (place + 1) & mask) {
    const foundLow = words[place * 2] ?? 0;
    const foundHigh = words[place * 2 + 1] ?? 0;
    if (foundLow === low && foundHigh === high) return place;
    if (foundLow === 0 && foundHigh === 0) return place;
  }
}

function holds({ words }: Generation, low: number, high: number): boolean {
  const place = placeOf(words, low, high);
  return words[place * 2] !== 0 || words[place * 2 + 1] !== 0;
}

function placesFor(places: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(places * 2 * Uint32Array.BYTES_PER_ELEMENT));
}

/** Never more than half full. */
function put(generation: Generation, low: number, high: number): void {
  if (generation.count * 4 >= generation.words.length) {
    const before = generation.words;
    generation.words = placesFor(before.length);
    eachOf(before, (one, other) => set(generation.words, one, other));
  }
  set(generation.words, low, high);
  generation.count += 1;
}

function set(words: Uint32Array, low: number, high: number): void {
  const place = placeOf(words, low, high);
  words[place * 2] = low;
  words[place * 2 + 1] = high;
}

function eachOf(words: Uint32Array, visit: (low: number, high: number) => void): void {
  for (let index = 0; index < words.length; index += 2) {
    const low = words[index] ?? 0;
    const high = words[index + 1] ?? 0;
    if (low !== 0 || high !== 0) visit(low, high);
  }
}

function compact(words: Uint32Array): Uint32Array {
  const found: number[] = [];
  eachOf(words, (low, high) => found.push(low, high));
  return Uint32Array.from(found);
}

function generationOf({ startMs, words }: SavedGeneration): Generation {
  const generation = { startMs, words: placesFor(placesMin), count: 0 };
  eachOf(words, (low, high) => put(generation, low, high));
  return generation;
}
