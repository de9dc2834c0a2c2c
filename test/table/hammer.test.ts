import { expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import { createReader } from "../../src/table/reader.ts";
import { createTable } from "../../src/table/table.ts";
import { isTorn } from "./pattern.ts";

const slotsPerWriter = 4;
const writers = 2;
const readsWanted = 100_000;

test("no reader ever sees a torn row while threads write without a pause", async () => {
  const table = createTable(writers * slotsPerWriter);
  const threads = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const slots = Array.from(
        { length: slotsPerWriter },
        (_, slot) => writer * slotsPerWriter + slot,
      );
      const thread = new Worker(new URL("./hammer-writer.ts", import.meta.url), {
        workerData: { buffer: table.buffer, slots, offset: 1 + writer * 1000 },
      });
      await new Promise((resolve) => thread.once("message", resolve));
      return thread;
    }),
  );
  const reader = createReader(table);
  let torn = 0;
  let distinct = 0;
  let last: unknown = null;
  for (let read = 0; read < readsWanted; read += 1) {
    const reading = reader.read(read % (writers * slotsPerWriter));
    if (reading.row.state === 0) continue;
    if (reading !== last) distinct += 1;
    last = reading;
    if (isTorn(reading.row)) torn += 1;
  }
  await Promise.all(threads.map((thread) => thread.terminate()));
  expect(torn).toBe(0);
  expect(distinct).toBeGreaterThan(1000);
}, 60_000);
