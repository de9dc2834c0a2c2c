// A process that has a table file with one row until its input ends: `table-holder.ts FILE`.

import { emptyRow } from "../../src/table/row.ts";
import { beginTableFile } from "../../src/table/table-file.ts";
import { createWriter } from "../../src/table/writer.ts";

const own = beginTableFile(process.argv[2] ?? "", 4);
const row = { ...emptyRow(), text: "held", lastCheckMs: 1 };
createWriter(own.table).claim(0, 9, row, { keyHash: 3, modelId: "m" });
own.publish();
process.stdout.write("ready\n");
for await (const _ of process.stdin);
