// A LiteLLM proxy's generic API callback as a process of its own: batches of payloads with new ids, the next one of a connection as soon
// as the last one was answered, or at a pace. bun bench/callback-sender.ts URL DEPLOYMENTS CONNECTIONS SECONDS PER_SECOND [gzip] prints one line of
// JSON; 0 a second is as many as are taken.

import { gzipSync } from "node:zlib";
import { payload } from "../test/traffic/payloads.ts";

/** The default of LiteLLM's `batch_size`. */
const batchEntries = 512;
const idLength = 12;
const words = "a usual prompt has some hundred words ".repeat(20);
const [
  url = "",
  deployments = "1",
  connections = "1",
  seconds = "1",
  perSecond = "0",
  packed = "",
] = process.argv.slice(2);
const paceMs = Number(perSecond) === 0 ? 0 : (batchEntries * 1000) / Number(perSecond);

/** A batch whose ids are written over, in place. */
function template() {
  const entries = Array.from({ length: batchEntries }, (_, index) =>
    payload("#".repeat(idLength), {
      trace_id: "trace",
      model_id: `m${index % Number(deployments)}`,
      messages: [{ role: "user", content: words }],
    }),
  );
  const bytes = Buffer.from(JSON.stringify(entries));
  const places: number[] = [];
  const mark = "#".repeat(idLength);
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + idLength)) {
    places.push(at);
  }
  return { bytes, places };
}

/** Other processes before this one had other ids. */
let next = (Date.now() % 1e6) * 1e6;
let accepted = 0;
let errors = 0;
const tookMs: number[] = [];
const endMs = performance.now() + Number(seconds) * 1000;

async function send(): Promise<void> {
  const { bytes, places } = template();
  while (performance.now() < endMs) {
    for (const at of places) bytes.write(String(next++).padStart(idLength, "0"), at, "latin1");
    const startMs = performance.now();
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(packed === "gzip" ? { "content-encoding": "gzip" } : {}),
      },
      body: new Blob([packed === "gzip" ? gzipSync(bytes, { level: 1 }) : bytes]),
    });
    tookMs.push(performance.now() - startMs);
    const answer = (await response.json()) as { accepted?: number };
    accepted += answer.accepted ?? 0;
    if (response.status !== 200) errors += 1;
    await Bun.sleep(Math.max(0, paceMs * Number(connections) - (performance.now() - startMs)));
  }
}

const startMs = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, send));
tookMs.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    perSecond: (accepted * 1000) / (performance.now() - startMs),
    bodyBytes: template().bytes.length,
    p50Ms: tookMs[Math.floor(tookMs.length / 2)] ?? 0,
    errors,
  }),
);
process.exit(0);
