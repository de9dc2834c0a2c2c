// Thread entry of the exporter. What it does is in src/exports/thread.ts.

import { parentPort, workerData } from "node:worker_threads";
import type { ExporterStart } from "../src/exports/messages.ts";
import { runExporter } from "../src/exports/thread.ts";

if (parentPort === null) throw new Error("workers/exporter.ts is the entry of a thread");
runExporter(parentPort, workerData as ExporterStart);
