// Counts by index of which most are zero, as short text: `5z 1*2 4` is one at 215, two at 216, one at 220. Indices are
// differences to the one before, numbers are in base 36.

export type Counts = Map<number, number>;

export function addCount(counts: Counts, index: number, count = 1): void {
  counts.set(index, (counts.get(index) ?? 0) + count);
}

export function mergeCounts(into: Counts, from: ReadonlyMap<number, number>): void {
  for (const [index, count] of from) addCount(into, index, count);
}

/** Indices must be whole and not negative. */
export function textOfCounts(counts: ReadonlyMap<number, number>): string {
  let last = 0;
  const parts: string[] = [];
  for (const index of [...counts.keys()].sort((a, b) => a - b)) {
    const count = counts.get(index) ?? 0;
    if (count === 0) continue;
    const step = (index - last).toString(36);
    parts.push(count === 1 ? step : `${step}*${count.toString(36)}`);
    last = index;
  }
  return parts.join(" ");
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
