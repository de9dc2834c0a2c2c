// Counts by index of which most are zero: pairs of an index and its count in one array, by index. The recorder holds four of them for
// every deployment, and a Map of two or three takes five times as much. As short text: `5z 1*2 4` is one at 215, two at 216,
// one at 220. Indices are differences to the one before, numbers are in base 36.

/** index, count, index, count, … */
export type Counts = number[];

export function addCount(counts: Counts, index: number, count = 1): void {
  const at = placeOf(counts, index);
  if (counts[at] === index) counts[at + 1] = (counts[at + 1] ?? 0) + count;
  else counts.splice(at, 0, index, count);
}

export function countOf(counts: Counts, index: number): number {
  const at = placeOf(counts, index);
  return counts[at] === index ? (counts[at + 1] ?? 0) : 0;
}

/** Where the pair of this index stands, or belongs. */
function placeOf(counts: Counts, index: number): number {
  let low = 0;
  let high = counts.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((counts[2 * middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

/** Each index with its count, by index. */
export function pairsOf(counts: Counts): [index: number, count: number][] {
  const pairs: [number, number][] = [];
  for (let at = 0; at < counts.length; at += 2) pairs.push([counts[at] ?? 0, counts[at + 1] ?? 0]);
  return pairs;
}

export function mergeCounts(into: Counts, from: Counts): void {
  for (let at = 0; at < from.length; at += 2) addCount(into, from[at] ?? 0, from[at + 1]);
}

/** Indices must be whole and not negative. */
export function textOfCounts(counts: Counts): string {
  let last = 0;
  let text = "";
  for (let at = 0; at < counts.length; at += 2) {
    const index = counts[at] ?? 0;
    const count = counts[at + 1] ?? 0;
    if (count === 0) continue;
    const step = (index - last).toString(36);
    const part = count === 1 ? step : `${step}*${count.toString(36)}`;
    text = text === "" ? part : `${text} ${part}`;
    last = index;
  }
  return text;
}

/** Adds what the text says; text that is none adds nothing. */
export function addCountsOf(into: Counts, text: string): void {
  if (text === "") return;
  let index = 0;
  for (const part of text.split(" ")) {
    const star = part.indexOf("*");
    const step = Number.parseInt(star < 0 ? part : part.slice(0, star), 36);
    const count = star < 0 ? 1 : Number.parseInt(part.slice(star + 1), 36);
    if (!(step >= 0) || !(count > 0)) return;
    index += step;
    addCount(into, index, count);
  }
}
