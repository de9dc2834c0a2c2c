// Thread entry of the reader of large configurations. What it does is in src/cli/reading.ts.

import { parentPort, workerData } from "node:worker_threads";
import { type ReadOrder, runReader } from "../src/cli/reading.ts";

if (parentPort === null) throw new Error("workers/reader.ts is the entry of a thread");
await runReader(parentPort, workerData as ReadOrder);
