// What the recorder keeps of a deployment: a recorder over the embedded file, in a process of its own, follows 100,000 deployments, of
// which each is asked once and again, 5,000 a second. `bun bench/recorder-memory.ts` prints one line of JSON.

import { join } from "node:path";
import { hourMs } from "../src/history/entries.ts";
import { startRecorder } from "../src/history/recorder.ts";
import { emptyRow, type Row } from "../src/table/row.ts";
import { createTable } from "../src/table/table.ts";
import { createWriter } from "../src/table/writer.ts";
import { answer, settingsOf } from "../test/history/outcomes.ts";
import { folder } from "./processes.ts";
import { ms, say } from "./report.ts";

const count = 100_000;
const everyMs = 50;
const atOnce = 250;
const models = 200;

function memberOf(slot: number) {
  const model = `gpt-4o-mini-2024-07-18-${slot % models}`;
  return {
    slot,
    identity: slot + 1,
    subject: {
      key: Bun.hash.xxHash64(`deployment-${slot}`).toString(16).padStart(40, "0"),
      model_id: `deployment-${slot}-of-the-fleet`,
      model_name: `group-${slot % models}`,
      ...{ model: `openai/${model}`, provider: "openai" },
    },
  };
}

function residentBytes(): number {
  return process.memoryUsage.rss();
}

async function collected(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    Bun.gc(true);
    await Bun.sleep(300);
  }
  return residentBytes();
}

/** Bytes of each deployment when all are followed, when all were asked once, and when all were asked twice; CPU of one outcome. */
interface Kept {
  readonly followed: number;
  readonly asked: number;
  readonly askedAgain: number;
  readonly mostMiB: number;
  readonly cpuMicros: number;
}

async function kept(file: string): Promise<Kept> {
  const table = createTable(count);
  const writer = createWriter(table);
  const row: Row = emptyRow();
  for (let slot = 0; slot < count; slot += 1) {
    writer.claim(slot, slot + 1, row);
    // Both copies, so that all of the table is there from the beginning.
    writer.write(slot, row);
  }
  let aheadMs = 0;
  const recorder = startRecorder({
    table,
    clock: { wallMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() },
    settings: settingsOf(file),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const before = await collected();
  recorder.follow(Array.from({ length: count }, (_, slot) => memberOf(slot)));
  await Bun.sleep(2000);
  const followed = (await collected()) - before;
  let most = 0;
  const startedCpu = process.cpuUsage();

  async function askAll(): Promise<number> {
    for (let slot = 0; slot < count; slot += 1) {
      writer.take(slot, row);
      answer(row, false);
      row.latencyMicros = 1000 + ((slot * 7919) % 100_000);
      writer.write(slot, row);
      if (slot % atOnce === atOnce - 1) await Bun.sleep(everyMs);
      most = Math.max(most, slot % 5000 === 0 ? residentBytes() : 0);
    }
    await Bun.sleep(2000);
    return (await collected()) - before;
  }

  const asked = await askAll();
  // So that minutes and hours have ended in between.
  aheadMs += hourMs;
  await Bun.sleep(3000);
  const askedAgain = await askAll();
  const { user, system } = process.cpuUsage(startedCpu);
  const { written } = recorder.state();
  await recorder.stop(5000);
  if (written < 2 * count) throw new Error(`${written} entries of ${2 * count} are written`);
  return {
    ...{ followed: followed / count, asked: asked / count, askedAgain: askedAgain / count },
    mostMiB: (most - before) / 2 ** 20,
    cpuMicros: (user + system) / (2 * count),
  };
}

export async function recorderMemory(): Promise<void> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "recorder-memory.ts")], {
    stdout: "pipe",
  });
  const one = JSON.parse(await new Response(child.stdout).text()) as Kept;
  say("the recorder of 100,000 deployments: resident bytes of each", one.followed.toFixed(0));
  say("  when each was asked twice", one.askedAgain.toFixed(0), "<= 700", one.askedAgain <= 700);
  say("  CPU of one outcome, with the writing of its row", ms(one.cpuMicros / 1000));
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await kept(join(folder, "recorder.sqlite")))}\n`);
  process.exit(0);
}
