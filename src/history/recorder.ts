// The recorder: follows the table, turns what is new into entries, and brings them into the store. Nobody waits for it.
//
//   look      every 50 ms   rows that are new become entries (gatherer)
//   save      every second, or at once when there is much: entries and the rows that they account for, in one transaction, into the
//             embedded file; where history goes to PostgreSQL, entries go to the spool there
//   deliver   at once       from the spool to PostgreSQL (delivery)
//   retain    every minute  what is too old goes, a slice at a time
//
// What cannot be saved (a full disk) waits in memory, what cannot be delivered waits in the spool, both within bounds; what is beyond
// them is dropped, the oldest first, and counted.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { secretsOf } from "../connection/connection-url.ts";
import { bytesOfRow } from "../table/row-words.ts";
import type { Table } from "../table/table.ts";
import { giveBackNow, sweepEvery } from "../threads/give-back.ts";
import { type Account, textOfOpen } from "./account.ts";
import { type Delivery, startDelivery } from "./delivery.ts";
import { type Batch, entriesIn } from "./entries.ts";
import type { Member } from "./follower.ts";
import { createGatherer } from "./gatherer.ts";
import {
  createJournal,
  type Journal,
  memorySpool,
  type Spool,
  type StatusToSave,
} from "./journal.ts";
import type { HistoryState, Question, RecorderSettings } from "./messages.ts";
import { createPostgresStore, type PostgresStore } from "./postgres-store.ts";
import { textOfPage } from "./shown.ts";
import { migrateSqlite, openSqlite } from "./sqlite-file.ts";
import { sqliteMigrations } from "./sqlite-schema.ts";
import { createSqliteStore, type SqliteStore } from "./sqlite-store.ts";
import type { HistoryReads } from "./store.ts";
import { summaryOf } from "./summary.ts";

export interface Recorder {
  follow(members: readonly Member[]): void;
  /** The answer as JSON; rejects with words that may be shown. */
  ask(question: Question): Promise<string>;
  state(): HistoryState;
  /** Writes what there is within the bound, and ends. */
  stop(timeoutMs: number): Promise<void>;
}

export interface RecorderOptions {
  readonly table: Table;
  readonly settings: RecorderSettings;
  readonly clock: Clock;
  readonly onNotice: (text: string) => void;
}

const lookEveryMs = 50;
const saveEveryMs = 1000;
/**
 * So many entries are saved at once. Whoever asks waits for the transaction that is under way: at 1,000 outcomes a second those of 1,000
 * entries took 31 ms each, those of 100 take 3 ms, and the p99 of /health/models/{model_id}
 * fell from 14 to 32 ms to 4 to 15 (a shared machine: the quieter rounds of each).
 */
const saveEntries = 100;
const retainEveryMs = 60_000;
const reopenEveryMs = 5000;
const statusesEveryMs = 10_000;
/** Entries that may wait in memory while the disk cannot be written. */
const unsavedMax = 100_000;
const entriesSwept = 1000;
/** So many entries leave some 50 MB behind; nobody waits for this thread. */
const giveBackEntries = 20_000;
const errorCharactersMax = 200;

interface Local {
  readonly journal: Journal;
  /** Null when history goes to PostgreSQL. */
  readonly store: SqliteStore | null;
  close(): void;
}

export function startRecorder(options: RecorderOptions): Recorder {
  const { settings, clock } = options;
  const secrets = settings.databaseUrl === null ? [] : secretsOf(settings.databaseUrl);
  const gatherer = createGatherer({
    table: options.table,
    clock,
    litellmTable: settings.litellmTable,
    onChanged(account, row) {
      const bytes = row === null ? null : bytesOfRow(row);
      dirty.set(account, bytes ?? dirty.get(account) ?? null);
      if (postgres !== null && bytes !== null) unsent.set(account.subject.key, bytes);
    },
  });
  const sweep = sweepEvery(entriesSwept);
  const unsaved: Batch[] = [];
  /** Rows that PostgreSQL does not have yet, by key. */
  let unsent = new Map<string, Uint8Array>();
  /** Accounts that differ from what is saved, with their rows where those do. */
  let dirty = new Map<Account, Uint8Array | null>();
  let local: Local | null = null;
  let spool: Spool | null = null;
  let postgres: PostgresStore | null = null;
  let delivery: Delivery | null = null;
  let initialized = false;
  let localError: string | null = null;
  let remoteError: string | null = null;
  let lastWriteMs: number | null = null;
  let written = 0;
  let dropped = 0;
  let dueMs = { save: 0, retain: 0, reopen: 0, statuses: 0 };
  let stopped = false;
  let savedSince = 0;
  /** What was in the spool when it was closed. */
  let leftWaiting = 0;

  open();
  const timer = setInterval(tick, lookEveryMs);

  function open(): void {
    dueMs = { ...dueMs, reopen: clock.monotonicMs() + reopenEveryMs };
    try {
      local = openLocal();
      localError = null;
      gatherer.restore(local.journal.statuses());
      if (settings.databaseUrl === null) initialized = true;
      spool = local.journal.spool;
    } catch (error) {
      localError = wordsOf(error);
      options.onNotice(
        settings.databaseUrl === null
          ? `history cannot be kept: ${localError}`
          : `what waits for the database is kept in memory only: ${localError}`,
      );
    }
    if (settings.databaseUrl !== null && postgres === null) connect(settings.databaseUrl);
  }

  function openLocal(): Local {
    const database = openSqlite(settings.sqliteFile);
    try {
      migrateSqlite(database, sqliteMigrations);
      const journal = createJournal(database);
      const store = settings.databaseUrl === null ? createSqliteStore(database) : null;
      journal.forgetBefore(clock.wallMs() - settings.retention.hoursMs);
      return { journal, store, close: () => database.close() };
    } catch (error) {
      database.close();
      throw new Error(`${settings.sqliteFile}: ${(error as Error).message}`, { cause: error });
    }
  }

  function connect(url: string): void {
    spool ??= memorySpool();
    const store = createPostgresStore({
      url,
      node: local?.journal.node ?? crypto.randomUUID(),
      nodeName: settings.nodeName,
      timeoutMs: settings.timeoutMs,
    });
    postgres = store;
    delivery = startDelivery({
      spool,
      prepare: store.prepare,
      write: store.write,
      onPrepared: () => {
        initialized = true;
        remoteError = null;
      },
      onWritten: ({ count }) => {
        written += count;
        lastWriteMs = clock.wallMs();
        if (remoteError !== null) options.onNotice("history is written to the database again");
        remoteError = null;
      },
      onDropped: ({ count }, error) => {
        dropped += count;
        options.onNotice(`the database refused ${count} entries of history: ${wordsOf(error)}`);
      },
      onFailure: (error) => {
        if (remoteError === null) {
          options.onNotice(`history waits for the database: ${wordsOf(error)}`);
        }
        remoteError = wordsOf(error);
      },
    });
  }

  function tick(): void {
    const nowMs = clock.monotonicMs();
    gatherer.look();
    gatherer.closeEnded();
    if (local === null && settings.databaseUrl === null && nowMs >= dueMs.reopen) open();
    if (nowMs >= dueMs.save) {
      dueMs.save = nowMs + saveEveryMs;
      save();
    } else if (gatherer.count() >= saveEntries) {
      save();
    }
    if (nowMs >= dueMs.retain) {
      dueMs.retain = nowMs + retainEveryMs;
      retain();
    }
    if (nowMs >= dueMs.statuses) {
      dueMs.statuses = nowMs + statusesEveryMs;
      void sendStatuses();
    }
  }

  /** Everything that is not saved, in one transaction; what fails is tried again with the next. */
  function save(): void {
    const gathered = gatherer.take();
    if (gathered !== null) unsaved.push(gathered);
    if (unsaved.length === 0 && dirty.size === 0) return;
    const count = unsaved.reduce((sum, one) => sum + entriesIn(one), 0);
    try {
      if (local === null) {
        if (spool === null) throw new Error(localError ?? "the embedded database is not open");
        for (const one of unsaved) spool.push(one);
      } else {
        const { journal, store } = local;
        journal.transaction(() => {
          for (const one of unsaved) {
            if (store === null) journal.spool.push(one);
            else store.write(one);
          }
          journal.saveStatuses(statusesToSave());
        });
        if (store !== null) {
          written += count;
          lastWriteMs = clock.wallMs();
        }
      }
      if (localError !== null && local !== null) {
        localError = null;
        options.onNotice("history is written again");
      }
      unsaved.length = 0;
      dirty = new Map();
      sweep(count);
      savedSince += count;
      if (savedSince >= giveBackEntries) {
        savedSince = 0;
        giveBackNow(giveBackEntries);
      }
    } catch (error) {
      local?.store?.rolledBack();
      if (localError === null) options.onNotice(`history cannot be written: ${wordsOf(error)}`);
      localError = wordsOf(error);
    }
    trim();
    delivery?.wake();
  }

  function* statusesToSave(): Generator<StatusToSave> {
    for (const [account, row] of dirty) {
      yield { key: account.subject.key, row, open: textOfOpen(account) };
    }
  }

  /** Keeps what waits within its bounds. */
  function trim(): void {
    let waiting = unsaved.reduce((sum, one) => sum + entriesIn(one), 0);
    for (
      let oldest = unsaved[0];
      waiting > unsavedMax && oldest !== undefined;
      oldest = unsaved[0]
    ) {
      unsaved.shift();
      waiting -= entriesIn(oldest);
      dropped += entriesIn(oldest);
    }
    if (spool === null || postgres === null) return;
    for (
      let { bytes } = spool.size();
      bytes > settings.bufferBytesMax;
      bytes = spool.size().bytes
    ) {
      const oldest = spool.first();
      if (oldest === null) return;
      spool.drop(oldest.seq);
      dropped += oldest.count;
    }
  }

  function retain(): void {
    const nowMs = clock.wallMs();
    if (postgres !== null) {
      // While it is gone one line has said so already.
      if (initialized && remoteError === null) {
        postgres.retain(settings.retention, nowMs).catch((error: unknown) => {
          options.onNotice(`old history could not be removed: ${wordsOf(error)}`);
        });
      }
      return;
    }
    try {
      // The rest follows soon, so that a question in between does not wait.
      if (local?.store?.retain(settings.retention, nowMs) === true) {
        dueMs.retain = clock.monotonicMs() + lookEveryMs;
      }
    } catch (error) {
      localError ??= wordsOf(error);
    }
  }

  /** For a machine that starts anew without this one's disk. */
  async function sendStatuses(): Promise<void> {
    if (postgres === null || !initialized || remoteError !== null || unsent.size === 0) return;
    const sent = unsent;
    unsent = new Map();
    await postgres.saveStatuses(sent).catch(() => {
      // What came meanwhile is newer.
      unsent = new Map([...sent, ...unsent]);
    });
  }

  function waitingInSpool(): number {
    return postgres === null ? 0 : (spool?.size().entries ?? leftWaiting);
  }

  function reads(): HistoryReads {
    const store = postgres ?? local?.store ?? null;
    if (store === null) throw new Error(localError ?? "the embedded database is not open");
    return store;
  }

  function wordsOf(error: unknown): string {
    const words = error instanceof Error ? error.message : String(error);
    return redact(words.replace(/\s+/g, " "), secrets).slice(0, errorCharactersMax);
  }

  return {
    follow: gatherer.follow,

    async ask(question) {
      try {
        if (question.type === "page") {
          return textOfPage(question.query, await reads().page(question.query));
        }
        const { key } = question;
        return JSON.stringify(await summaryOf(reads(), key, gatherer.openOf(key), clock.wallMs()));
      } catch (error) {
        throw new Error(wordsOf(error), { cause: error });
      }
    },

    state: () => ({
      engine: settings.databaseUrl === null ? "sqlite" : "postgresql",
      initialized,
      error: settings.databaseUrl === null ? localError : remoteError,
      lastWriteMs,
      waiting:
        gatherer.count() + unsaved.reduce((sum, one) => sum + entriesIn(one), 0) + waitingInSpool(),
      written,
      dropped,
      unseen: gatherer.unseen(),
    }),

    async stop(timeoutMs) {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      // The last look: nothing is left for the next one.
      gatherer.lookAtAll();
      save();
      const inTime = AbortSignal.timeout(Math.max(1, timeoutMs));
      const late = new Promise<void>((resolve) =>
        inTime.addEventListener("abort", () => resolve(), { once: true }),
      );
      if (delivery !== null) {
        const remote = Promise.all([delivery.emptied(), sendStatuses()]);
        await Promise.race([remote, late]);
        delivery.stop();
      }
      postgres?.stop();
      leftWaiting = waitingInSpool();
      spool = null;
      local?.close();
      local = null;
    },
  };
}
