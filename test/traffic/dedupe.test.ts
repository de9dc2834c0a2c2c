import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDedupe } from "../../src/traffic/dedupe.ts";
import { readPosition, savePosition } from "../../src/traffic/saved-position.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const minute = 60_000;

function remembering(keysMax = 1_000_000) {
  let nowMs = 1_000_000;
  const dedupe = createDedupe({ spanMs: minute, keysMax, wallMs: () => nowMs, saved: null });
  return {
    ...dedupe,
    startMs: nowMs,
    pass(ms: number) {
      nowMs += ms;
      dedupe.advance(nowMs, nowMs);
    },
  };
}

describe("what was counted", () => {
  test("is remembered exactly, however much it is", () => {
    const all = remembering();
    for (let index = 0; index < 50_000; index += 1) all.add(`id-${index}`);
    let wrong = 0;
    for (let index = 0; index < 50_000; index += 1) {
      if (!all.has(`id-${index}`) || all.has(`other-${index}`)) wrong += 1;
    }
    expect(wrong).toBe(0);
  });

  test("is taken for nothing else among a million keys that are alike", () => {
    const all = remembering(2_000_000);
    let wrong = 0;
    for (let index = 0; index < 1_000_000; index += 1) {
      const key = `a\n${123_456_000_000 + index}\nm${index % 500}\n1767323045250`;
      if (all.has(key)) wrong += 1;
      all.add(key);
    }
    expect(wrong).toBe(0);
  }, 60_000);

  test("is remembered for a span at least, and forgotten after two", () => {
    const all = remembering();
    all.add("early");
    all.pass(minute);
    expect(all.has("early")).toBe(true);
    all.add("late");
    all.pass(minute);
    expect([all.has("early"), all.has("late")]).toEqual([false, true]);
  });

  test("has a bound: beyond it the oldest is forgotten, and from when on nothing was is known", () => {
    const all = remembering(1000);
    expect(all.exactSinceMs()).toBe(all.startMs);
    for (let index = 0; index < 1500; index += 1) all.add(`a-${index}`);
    expect(all.has("a-0")).toBe(true);
    expect(all.exactSinceMs()).toBe(all.startMs);
    for (let index = 0; index < 1000; index += 1) all.add(`b-${index}`);
    expect(all.has("a-0")).toBe(false);
    expect(all.exactSinceMs()).toBeGreaterThan(all.startMs);
  });
});

describe("the position in spend logs", () => {
  let folder = "";
  afterEach(() => removeFolder(folder));
  function file(): string {
    folder = temporaryFolder("position");
    return join(folder, "position");
  }

  test("is kept with what was counted lately", () => {
    const place = file();
    const all = remembering();
    all.add("old");
    all.pass(minute);
    all.add("new");
    savePosition(place, { followedMs: 42, dedupe: all.save() });
    const saved = readPosition(place);
    expect(saved?.followedMs).toBe(42);
    const next = createDedupe({
      spanMs: minute,
      keysMax: 100,
      wallMs: () => 9e9,
      saved: saved?.dedupe ?? null,
    });
    expect([next.has("old"), next.has("new"), next.has("x")]).toEqual([true, true, false]);
    expect(next.exactSinceMs()).toBe(all.exactSinceMs());
  });

  test("that is not there, or damaged, is none", () => {
    const place = file();
    expect(readPosition(place)).toBeNull();
    const all = remembering();
    all.add("x");
    savePosition(place, { followedMs: 42, dedupe: all.save() });
    const bytes = readFileSync(place);
    writeFileSync(place, bytes.subarray(0, bytes.length - 3));
    expect(readPosition(place)).toBeNull();
    writeFileSync(place, "garbage");
    expect(readPosition(place)).toBeNull();
  });
});
