// Rows of every kind, with text of up to so many characters.

import fc from "fast-check";
import {
  regionBytesMax,
  scalarNames,
  scalarWidths,
  servedModelBytesMax,
} from "../../src/table/layout.ts";
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
      servedModel: fc.string({ unit: "binary", maxLength: 20 }),
      region: fc.string({ unit: "binary", maxLength: 8 }),
      text: fc.string({ unit: "binary", maxLength: textMax }),
      counts: fc.uint32Array({ minLength: 24, maxLength: 24 }),
      buckets: fc.uint32Array({ minLength: 16, maxLength: 16 }),
    })
    .map(({ scalars, servedModel, region, text, counts, buckets }) => {
      const row = emptyRow();
      for (const [index, name] of scalarNames.entries()) row[name] = scalars[index] as number;
      row.servedModel = atMost(servedModel.toWellFormed(), servedModelBytesMax);
      row.region = atMost(region.toWellFormed(), regionBytesMax);
      row.text = text.toWellFormed();
      row.classCounts = new Uint32Array(counts);
      row.latencyBuckets = new Uint32Array(buckets);
      return row;
    });
}

/** Names that are longer are cut when they are recorded. */
function atMost(name: string, bytesMax: number): string {
  return Buffer.byteLength(name) <= bytesMax ? name : "";
}
