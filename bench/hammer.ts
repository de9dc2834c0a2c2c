// A hundred million reads of rows that are written without a pause, of which none may be torn.

import { createTable } from "../src/table/table.ts";
import { hammer } from "../test/table/hammering.ts";
import { ms, say } from "./report.ts";

const readsWanted = 100_000_000;
const writers = 2;
const slotsPerWriter = 4;
const readers = ["words", "words"] as const;

export async function hammered(): Promise<void> {
  const startMs = performance.now();
  const seen = await hammer({
    table: createTable(writers * slotsPerWriter),
    ...{ writers, slotsPerWriter, readers },
    ...{ readsMin: readsWanted / readers.length, freshMin: 0 },
    forMs: 600_000,
  });
  const sum = (of: "reads" | "fresh" | "torn" | "retries") =>
    seen.reduce((total, one) => total + one[of], 0);
  const count = (value: number) => value.toLocaleString("en");
  say("reads of rows that 2 threads write without a pause", count(sum("reads")));
  say("  of them of a row that was new", count(sum("fresh")));
  say("  begun anew", count(sum("retries")));
  say("  in all", ms(performance.now() - startMs));
  say("  torn", count(sum("torn")), "0", sum("torn") === 0 && sum("reads") >= readsWanted);
}
