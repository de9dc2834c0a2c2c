// `bun run table FILE`: what a table file says of every deployment, one line each. Asks no process for anything, and works on
// the file of one that runs as on that of one that was killed.

import { parseArgs } from "node:util";
import { type FileReading, openTableFile } from "../table/file-reader.ts";
import { outcomeClassOf } from "../table/outcome-class.ts";
import { hasMark } from "../table/probe-marks.ts";
import { sourceOf, stateOf } from "../table/row.ts";

const usage =
  "bun run table FILE [--json]   model_id, state, age of the last check, latency, error class and text of every deployment\n";
/** Outcomes that are no error. */
const fine: ReadonlySet<string> = new Set(["ok", "ok_limited_output"]);

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  const [file] = positionals;
  if (values.help === true || file === undefined || positionals.length > 1) {
    (values.help === true ? process.stdout : process.stderr).write(usage);
    return values.help === true ? 0 : 1;
  }
  const table = openTableFile(file);
  const lines: string[] = [];
  const nowMs = Date.now();
  for (const reading of table.readings()) {
    const entry = entryOf(reading, nowMs);
    lines.push(values.json === true ? JSON.stringify(entry) : lineOf(entry));
  }
  table.close();
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return 0;
}

type Entry = ReturnType<typeof entryOf>;

function entryOf({ slot, label, row }: FileReading, nowMs: number) {
  const checked = row.lastCheckMs > 0;
  const outcome = outcomeClassOf(row.outcomeClass);
  return {
    model_id: label.modelId,
    slot,
    state: stateOf(row),
    source: checked ? sourceOf(row) : null,
    last_check: checked ? new Date(row.lastCheckMs).toISOString() : null,
    age_ms: checked ? nowMs - row.lastCheckMs : null,
    probe: checked ? (hasMark(row, "free") ? "metadata" : "completion") : null,
    served_model: row.servedModel === "" ? null : row.servedModel,
    latency_ms: checked ? row.latencyMicros / 1000 : null,
    consecutive_failures: row.consecutiveFailures,
    http_status: row.httpStatus === 0 ? null : row.httpStatus,
    error_type: fine.has(outcome) ? null : outcome,
    text: row.text === "" ? null : row.text,
  };
}

function lineOf(entry: Entry): string {
  const { model_id, state, age_ms, latency_ms, error_type, text } = entry;
  const cells = [
    model_id.padEnd(24),
    state.padEnd(9),
    (age_ms === null ? "never" : `${(age_ms / 1000).toFixed(1)} s`).padStart(10),
    (latency_ms === null ? "-" : `${latency_ms.toFixed(1)} ms`).padStart(12),
    (error_type ?? "-").padEnd(18),
    text ?? "",
  ];
  // What stands in a file is not let at a terminal's controls.
  return cells
    .join("  ")
    .replace(/\p{Cc}/gu, " ")
    .trimEnd();
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
