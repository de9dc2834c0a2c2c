// History under load, history that is old, and a restart that begins with it.

import { setPriority } from "node:os";
import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { hourMs } from "../src/history/entries.ts";
import { createPostgresStore } from "../src/history/postgres-store.ts";
import { parcelOf } from "../src/history/spool.ts";
import { migrateSqlite, openSqlite } from "../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../src/history/sqlite-schema.ts";
import { createSqliteStore } from "../src/history/sqlite-store.ts";
import { startPostgres } from "../test/servers/postgres.ts";
import { descendants } from "../test/servers/process.ts";
import { agedHistory } from "./aged-history.ts";
import { folder, load, median, startBare, startService, startSimulator } from "./processes.ts";
import { ms, per, say } from "./report.ts";

const rounds = 3;
/** Long enough that a pause now and then is not one request in a hundred. */
const seconds = 4;
const outcomesPerSecond = 10_000;
const dayMs = 24 * hourMs;

interface Recorded {
  readonly made: number;
  readonly written: number;
  readonly dropped: number;
  readonly unseen: number;
  readonly waiting: number;
}

/**
 * 10,000 outcomes a second into SQLite and PostgreSQL, and the latency of liveliness meanwhile. The recorder, the
 * writer of outcomes and PostgreSQL, which in earnest has a machine of its own, share the cores with whoever is asked: a bare
 * server in a process of its own, asked in turn with ours, shows what that alone makes of the latency.
 */
export async function recording(): Promise<void> {
  const server = await startPostgres();
  for (const pid of [server.pid(), ...descendants(server.pid())]) setPriority(pid, 10);
  const bare = await startBare(Buffer.from('"I\'m alive!"'));
  const idle: number[] = [];
  const taken = { sqlite: [] as Taken[], postgresql: [] as Taken[] };
  for (let round = 0; round < rounds; round += 1) {
    idle.push((await recordFor(round, "idle", 0, bare.url)).p99Ms);
    for (const engine of ["sqlite", "postgresql"] as const) {
      const url = engine === "postgresql" ? server.url : undefined;
      taken[engine].push(await recordFor(round, engine, outcomesPerSecond, bare.url, url));
    }
  }
  await bare.stop();
  await server.stop();
  for (const engine of ["sqlite", "postgresql"] as const) {
    const all = taken[engine];
    const lost = all.filter(
      ({ recorded: { made, written, dropped, unseen } }) =>
        dropped > 0 || unseen > made * 0.001 || written < made,
    );
    const waiting = median(all.map(({ recorded }) => recorded.waiting));
    say(
      `${per(outcomesPerSecond)} outcomes into ${engine}: entries that wait at the end`,
      String(waiting),
      "all written",
      lost.length === 0 && waiting < outcomesPerSecond,
    );
    const p99Ms = median(all.map((one) => one.p99Ms));
    say("  p99 of /health/liveliness meanwhile", ms(p99Ms));
    const ofIdle = p99Ms / median(idle);
    say("  as a multiple of idle", ofIdle.toFixed(2));
    const ofBare = median(all.map((one) => one.p99Ms / one.bareP99Ms));
    say("  as a multiple of a bare server's", ofBare.toFixed(2), "<= 1.5", ofBare <= 1.5);
  }
}

interface Taken {
  readonly p99Ms: number;
  readonly bareP99Ms: number;
  readonly recorded: Recorded;
}

async function recordFor(
  round: number,
  name: string,
  rate: number,
  bareUrl: string,
  url?: string,
): Promise<Taken> {
  const file = join(folder, `recording-${name}-${round}.sqlite`);
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "recording.ts"),
      String(rate),
      file,
      ...(url === undefined ? [] : [url]),
    ],
    { stdin: "pipe", stdout: "pipe" },
  );
  const lines = linesOf(child.stdout);
  const served = /ready on (\S+)/.exec(await lines())?.[1] ?? "";
  const liveliness = `${served}health/liveliness`;
  await load(liveliness, 16, 2, 1000);
  const ours = await load(liveliness, 16, seconds, 1000);
  const bare = await load(bareUrl, 16, seconds, 1000);
  child.stdin.write("end\n");
  child.stdin.end();
  const recorded = JSON.parse(await lines()) as Recorded;
  await child.exited;
  return { p99Ms: ours.p99Ms, bareP99Ms: bare.p99Ms, recorded };
}

function linesOf(stream: ReadableStream<Uint8Array>): () => Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return async () => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error(`the process ended: ${text}`);
      text += decoder.decode(value, { stream: true });
    }
  };
}

/** How long one deployment's page takes, with history of a day, a month and a quarter behind it. */
export async function ages(): Promise<void> {
  for (const days of [1, 30, 90]) await sqliteOfAge(days);
  await postgresOfAge(30);
}

const deployments = 1000;

function historyOf(days: number) {
  return agedHistory({
    deployments,
    intervalMs: 300_000,
    transitionsADay: 2,
    nowMs: Date.now(),
    checksMs: dayMs,
    minutesMs: Math.min(days, 3) * dayMs,
    hoursMs: days * dayMs,
    transitionsMs: days * dayMs,
  });
}

async function sqliteOfAge(days: number): Promise<void> {
  const file = join(folder, `aged-${days}.sqlite`);
  const database = openSqlite(file);
  migrateSqlite(database, sqliteMigrations);
  const store = createSqliteStore(database);
  database.transaction(() => {
    for (const batch of historyOf(days)) store.write(batch);
  })();
  database.close();
  await pagesOf("SQLite", days, { sqlite_file: `"${file}"` });
}

async function postgresOfAge(days: number): Promise<void> {
  const server = await startPostgres();
  const node = crypto.randomUUID();
  const store = createPostgresStore({
    url: server.url,
    nodeName: "bench",
    timeoutMs: 60_000,
  });
  let seq = 0;
  for (const batch of historyOf(days)) {
    seq += 1;
    await store.write(parcelOf(batch, seq, node));
  }
  store.stop();
  await pagesOf("PostgreSQL", days, { sqlite_file: '":memory:"' }, server.url);
  await server.stop();
}

async function pagesOf(
  engine: string,
  days: number,
  settings: Record<string, string>,
  databaseUrl?: string,
): Promise<void> {
  const service = await startService(
    uniformConfig({
      url: "http://127.0.0.1:9",
      count: deployments,
      settings: { interval: 0, ...settings },
    }),
    databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl },
  );
  await service.ready();
  const tookMs: number[] = [];
  for (let page = 0; page < 300; page += 1) {
    const startMs = performance.now();
    const answer = await fetch(`${service.url}/health/models/d-${(page * 37) % deployments}`);
    const body = (await answer.json()) as { windows?: Record<string, { checks: number }> };
    tookMs.push(performance.now() - startMs);
    if ((body.windows?.["30d"]?.checks ?? 0) < 200) throw new Error("the history is not there");
  }
  await service.stop();
  const middle = median(tookMs);
  const target = days === 30 ? "<= 20 ms" : "";
  say(
    `/health/models/{id}, ${engine} with ${days} days of 1,000 deployments, median`,
    ms(middle),
    target,
    target === "" ? null : middle <= 20,
  );
}

/** Killed with 10,000 statuses known: when the next process answers with all of them. */
export async function restart(): Promise<void> {
  const simulator = await startSimulator(0);
  const file = join(folder, "restart.sqlite");
  const config = uniformConfig({
    url: simulator.url,
    count: 10_000,
    settings: { interval: 3600, max_rate: 20_000, sqlite_file: `"${file}"` },
  });
  const first = await startService(config);
  while ((await first.counts()).unknown_count > 0) await Bun.sleep(100);
  // The recorder saves every second.
  await Bun.sleep(2000);
  await first.stop();
  const tookMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const service = await startService(config);
    for (;;) {
      const counts = await service.counts();
      if (counts.unknown_count === 0 && counts.healthy_count === 10_000) break;
      await Bun.sleep(5);
    }
    tookMs.push(performance.now() - service.startedMs);
    await service.stop();
  }
  simulator.stop();
  const middle = median(tookMs);
  say(
    "restart after kill -9 with 10,000 deployments: all statuses answered",
    ms(middle),
    "<= 500 ms",
    middle <= 500,
  );
}
