// Follows the proxy's spend logs. A row is written when its request ends, and is sorted by when the request began: so every round reads
// the ids of the last minutes again, and now and then those of the whole time that a row may be late, and takes the rows whose ids are
// new. When the database is away it is tried again, later every time; what was missed is read then, an hour back at most.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { secretsOf } from "../connection/connection-url.ts";
import { wordsOfDriver } from "../connection/driver-words.ts";
import { type PostgresClient, postgresClients } from "../connection/postgres-client.ts";
import { proxyTable } from "../connection/proxy-table.ts";
import { createResolver } from "../transport/resolver.ts";
import type { Dedupe } from "./dedupe.ts";
import type { Intake } from "./intake.ts";
import {
  entriesAt,
  hasSpendLogs,
  type LogPlace,
  msOf,
  placeAt,
  placesAfter,
  type SpendLogTable,
} from "./spend-log-rows.ts";

export interface SpendLogSettings {
  /** Carries a password: it is never shown. */
  readonly url: string;
  readonly intervalMs: number;
  /** How long after its request began a row may be written. */
  readonly latenessMs: number;
  /** Deadline of one question. */
  readonly timeoutMs: number;
}

export interface SpendLogState {
  /** Why they cannot be read just now; null when all is well. */
  readonly error: string | null;
  /** Everything that was written until then has been read. */
  readonly followedMs: number;
}

export interface SpendLogOptions {
  readonly settings: SpendLogSettings;
  readonly intake: Intake;
  readonly dedupe: Dedupe;
  readonly clock: Clock;
  /** Where an earlier process stopped; null begins now. */
  readonly followedMs: number | null;
  /** A round has ended. */
  readonly onRound: () => void;
  readonly onNotice: (text: string) => void;
}

export interface SpendLogs {
  state(): SpendLogState;
  stop(): void;
}

export const catchUpMs = 3_600_000;
const recentMs = 120_000;
const sweepEveryMs = 60_000;
const pageRows = 5000;
const rowsAtOnce = 500;
const retryMinMs = 1000;
const retryMaxMs = 60_000;
const errorCharactersMax = 160;

export function followSpendLogs(options: SpendLogOptions): SpendLogs {
  const { settings, intake, dedupe, clock } = options;
  const { url, intervalMs, latenessMs, timeoutMs } = settings;
  const clients = postgresClients({
    url,
    resolver: createResolver(),
    connectionsMax: 1,
    connectTimeoutMs: timeoutMs,
  });
  let client: PostgresClient | null = null;
  let stopped = false;
  let timer: Timer | null = null;
  let retryMs = retryMinMs;
  let sweptMs = Number.NEGATIVE_INFINITY;
  let followedMs = options.followedMs ?? clock.wallMs();
  let error: string | null = null;
  let leavesOut = false;

  async function round(): Promise<void> {
    const nowMs = clock.wallMs();
    if (nowMs - followedMs > catchUpMs) {
      // However often it is tried again.
      if (!leavesOut) options.onNotice("spend logs of more than an hour ago are left out");
      leavesOut = true;
      followedMs = nowMs - catchUpMs;
    }
    client ??= await inTime(clients.open());
    const table = { sql: client.sql, name: proxyTable(url, "LiteLLM_SpendLogs") };
    if (!(await inTime(hasSpendLogs(table))))
      throw new Error("there is no table LiteLLM_SpendLogs");
    const sweeps = nowMs - sweptMs >= sweepEveryMs;
    const backMs = sweeps ? latenessMs : Math.min(latenessMs, recentMs);
    let place = placeAt(Math.max(followedMs - backMs, dedupe.exactSinceMs()));
    for (;;) {
      const page = await inTime(placesAfter(table, place, pageRows));
      const last = page.at(-1);
      if (last === undefined || stopped) break;
      await takeNew(
        table,
        page.filter(({ id }) => !intake.isKnown(id)),
      );
      place = last;
      followedMs = Math.max(followedMs, Math.min(nowMs, msOf(last)));
      if (page.length < pageRows) break;
    }
    if (stopped) return;
    followedMs = Math.max(followedMs, nowMs);
    if (sweeps) sweptMs = nowMs;
    dedupe.advance(nowMs, followedMs);
  }

  async function takeNew(table: SpendLogTable, places: readonly LogPlace[]): Promise<void> {
    for (let from = 0; from < places.length && client !== null; from += rowsAtOnce) {
      const entries = await inTime(entriesAt(table, places.slice(from, from + rowsAtOnce)));
      for (const entry of entries) intake.take("spend_logs", entry);
    }
  }

  /** A frozen link leaves the driver waiting for ever. */
  async function inTime<T>(answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const giveUp = setTimeout(
      () => late.reject(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    // What is given up may still fail.
    answer.catch(() => {});
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(giveUp);
    }
  }

  function drop(): void {
    client?.drop();
    client = null;
  }

  async function run(): Promise<void> {
    try {
      await round();
      if (error !== null) options.onNotice("spend logs are read again");
      error = null;
      leavesOut = false;
      retryMs = retryMinMs;
      if (!stopped) timer = setTimeout(run, intervalMs);
    } catch (caught) {
      if (stopped) return;
      drop();
      clients.turn();
      const words = redact(wordsOfDriver(caught, "the question failed"), secretsOf(url)).slice(
        0,
        errorCharactersMax,
      );
      if (error === null) options.onNotice(`spend logs cannot be read: ${words}`);
      error = words;
      timer = setTimeout(run, retryMs);
      retryMs = Math.min(retryMaxMs, retryMs * 2);
    }
    options.onRound();
  }

  void run();
  return {
    state: () => ({ error, followedMs }),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      drop();
    },
  };
}
