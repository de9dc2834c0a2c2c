// Threads that write the same slots over and over while others read them.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Table } from "../../src/table/table.ts";
import type { Hammered } from "./hammer-reader.ts";

export interface Hammering {
  readonly table: Table;
  readonly writers: number;
  readonly slotsPerWriter: number;
  readonly readers: readonly ("rows" | "words")[];
  /** Each reader goes on until it has read so many rows, so many of them new, or until its time is over. */
  readonly readsMin: number;
  readonly freshMin: number;
  readonly forMs: number;
}

/** The table must have room for all slots of all writers. */
export async function hammer(options: Hammering): Promise<Hammered[]> {
  const { table, slotsPerWriter } = options;
  const { handle } = table;
  const writers = await Promise.all(
    Array.from({ length: options.writers }, async (_, writer) => {
      const first = writer * slotsPerWriter;
      const slots = Array.from({ length: slotsPerWriter }, (_, slot) => first + slot);
      const thread = new Worker(new URL("./hammer-writer.ts", import.meta.url), {
        workerData: { handle, slots, offset: 1 + writer * 100 },
      });
      await once(thread, "message");
      return thread;
    }),
  );
  const { readsMin, freshMin, forMs } = options;
  const slots = options.writers * slotsPerWriter;
  const hammered = await Promise.all(
    options.readers.map(async (how) => {
      const workerData = { handle, slots, how, readsMin, freshMin, forMs };
      const thread = new Worker(new URL("./hammer-reader.ts", import.meta.url), { workerData });
      const [seen] = (await once(thread, "message")) as [Hammered];
      return seen;
    }),
  );
  await Promise.all(writers.map((thread) => thread.terminate()));
  return hammered;
}
