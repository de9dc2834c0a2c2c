// Rows of every kind, with text of up to so many characters.

import fc from "fast-check";
import { scalarNames, scalarWidths } from "../../src/table/layout.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";

export function anyRow(textMax: number): fc.Arbitrary<Row> {
  return fc
    .record({
      scalars: fc.tuple(
        ...scalarNames.map((name) =>
          scalarWidths[name] === 2
            ? fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
            : fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        ),
      ),
      text: fc.string({ unit: "binary", maxLength: textMax }),
      counts: fc.uint32Array({ minLength: 24, maxLength: 24 }),
      buckets: fc.uint32Array({ minLength: 16, maxLength: 16 }),
    })
    .map(({ scalars, text, counts, buckets }) => {
      const row = emptyRow();
      for (const [index, name] of scalarNames.entries()) row[name] = scalars[index] as number;
      row.text = text.toWellFormed();
      row.classCounts = new Uint32Array(counts);
      row.latencyBuckets = new Uint32Array(buckets);
      return row;
    });
}
