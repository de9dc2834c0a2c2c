// What a prober thread keeps of a deployment: the body of one in a process of its own takes over 100,000 deployments, batch by batch
// as the fleet hands them over, and asks none of them. `bun bench/thread-memory.ts` prints one line of JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { ToThread } from "../src/fleet/messages.ts";
import { runThread } from "../src/fleet/thread.ts";
import { batchOf } from "../src/schedule/assignment.ts";
import type { Definition } from "../src/schedule/definition.ts";
import { emptyRow } from "../src/table/row.ts";
import { createTable, setThreadWord } from "../src/table/table.ts";
import { createWriter } from "../src/table/writer.ts";
import { ms, say } from "./report.ts";

const count = 100_000;
const batchSize = 250;
const hourMs = 3_600_000;

/** 200 models, 500 keys and 1,000 hosts, with an address of its own for every tenth. */
function definitionOf(index: number): Definition {
  const model = `gpt-4o-mini-2024-07-18-${index % 200}`;
  const host = `resource-${index % 1000}.openai.example.com`;
  return {
    target: {
      family: "openai",
      provider: "openai",
      mode: "chat",
      rung: "completion",
      model,
      baseModel: null,
      baseUrl: `https://${host}/v1/tenant-${Math.floor(index / 10)}`,
      apiKey: `sk-proj-abcdefghijklmnopqrstuvwxyz0123456789-${index % 500}`,
      apiVersion: null,
      auth: "bearer",
      options: {},
      login: null,
      organization: null,
      headers: {},
      extraBody: {},
      maxTokens: 16,
      tokenField: "max_completion_tokens",
      reasoningEffort: null,
      prompt: "ping",
      stream: false,
      route: { proxy: null, verifyTls: true, caFile: null, clientCertificate: null },
    },
    intervalMs: 300_000,
    deadlines: { connectMs: 5000, firstByteMs: 60_000, totalMs: 60_000 },
    lanes: { provider: "openai", host, key: (index % 500).toString(16).padStart(12, "0") },
    plan: {
      rung: "auto",
      hasFree: true,
      paidIntervalMs: 3_600_000,
      tokensPerDay: null,
      usdPerDay: null,
    },
    price: {
      inputUsdPerToken: 1.5e-7 + (index % 200) * 1e-9,
      outputUsdPerToken: 6e-7,
      source: "library",
    },
  };
}

function residentBytes(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

async function collected(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    Bun.gc(true);
    await Bun.sleep(300);
  }
  return residentBytes();
}

async function takeOver(): Promise<{ bytesEach: number; heldUpMs: number }> {
  const table = createTable(count);
  const writer = createWriter(table);
  for (let slot = 0; slot < count; slot += 1) writer.claim(slot, slot + 1, emptyRow());
  setThreadWord(table, 0, "generation", 1);
  const { port1, port2 } = new MessageChannel();
  runThread(port2, { table: table.handle, thread: 0, generation: 1 });
  const tell = (message: ToThread) => port1.postMessage(message);
  tell({
    type: "bounds",
    limits: { thread: 100, provider: {}, host: {}, key: {} },
    policy: {
      ratePerSecond: 500,
      confirmIntervalMs: 5000,
      unhealthyIntervalMs: 60_000,
      backoffMaxMs: 900_000,
      jitterRatio: 0.1,
      rise: 2,
      fall: 3,
      degradedLimitMs: hourMs,
      tokensPerDay: null,
      usdPerDay: null,
    },
    responseBytesMax: 262_144,
    keepAliveMs: 15_000,
    holds: [],
  });
  const before = await collected();
  let heldUpMs = 0;
  let lastMs = performance.now();
  const ticking = setInterval(() => {
    const nowMs = performance.now();
    heldUpMs = Math.max(heldUpMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 5);
  for (let from = 0; from < count; from += batchSize) {
    const batch = batchOf(
      Array.from({ length: batchSize }, (_, index) => ({
        slot: from + index,
        definition: definitionOf(from + index),
        firstDelayMs: hourMs,
        gridDelayMs: hourMs,
      })),
    );
    tell({ type: "assign", batch });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Bun.sleep(2000);
  clearInterval(ticking);
  return { bytesEach: ((await collected()) - before) / count, heldUpMs };
}

export async function threadMemory(): Promise<void> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "thread-memory.ts")], {
    stdout: "pipe",
  });
  const { bytesEach, heldUpMs } = JSON.parse(await new Response(child.stdout).text()) as Awaited<
    ReturnType<typeof takeOver>
  >;
  say(
    "100,000 deployments in one thread: resident bytes of each",
    bytesEach.toFixed(0),
    "<= 700",
    bytesEach <= 700,
  );
  say("  event loop held up at most while they are taken over", ms(heldUpMs));
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await takeOver())}\n`);
  process.exit(0);
}
