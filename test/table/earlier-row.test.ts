import { expect, test } from "bun:test";
import { currentRowBytes, rowOfBytes } from "../../src/table/row-words.ts";

/** A row as version 2 of rows had it: 43 words of scalars, 24 and 16 counts, one text. */
function version2(text: string): Uint8Array {
  const words = new Int32Array(86);
  words[0] = 2;
  words[2] = 3; // state: unhealthy
  words[3] = 7; // outcomeClass
  words[8] = 1_000_000; // sinceMs, low
  words[44] = 0x7f000001; // peerAddress3
  words.fill(5, 45, 69);
  words.fill(6, 69, 85);
  const bytes = new TextEncoder().encode(text);
  words[85] = bytes.length;
  const saved = new Uint8Array(86 * 4 + bytes.length);
  saved.set(new Uint8Array(words.buffer));
  saved.set(bytes, 86 * 4);
  return saved;
}

test("a row that was saved before a deployment had a budget is read with all that it says", () => {
  const row = rowOfBytes(version2("the key is not accepted"));
  expect(row).toMatchObject({
    state: 3,
    outcomeClass: 7,
    sinceMs: 1_000_000,
    peerAddress3: 0x7f000001,
    lastPaidSeconds: 0,
    spentTokens: 0,
    servedModel: "",
    text: "the key is not accepted",
  });
  expect([row?.classCounts[0], row?.classCounts[23]]).toEqual([5, 5]);
  expect([row?.latencyBuckets[0], row?.latencyBuckets[15]]).toEqual([6, 6]);
});

test("a row of an earlier version that was cut is none", () => {
  expect(currentRowBytes(version2("words").slice(0, -1))).toBeNull();
});
