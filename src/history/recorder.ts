// The recorder: follows the table, turns what is new into entries, and brings them into the store. Nobody waits for it.
//
//   look      every 50 ms   rows that are new become entries (follower, account)
//   save      every second, or when there is much: entries and the rows that they account for, in one transaction, into the
//             embedded file; where history goes to PostgreSQL, entries go to the spool there
//   deliver   at once       from the spool to PostgreSQL (delivery)
//   retain    every minute  what is too old goes, a slice at a time
//
// What cannot be saved (a full disk) waits in memory, what cannot be delivered waits in the spool, both within bounds; what is beyond
// them is dropped, the oldest first, and counted.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { secretsOf } from "../connection/connection-url.ts";
import { outcomeClassOf } from "../table/outcome-class.ts";
import { createReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import {
  type Account,
  close,
  closeForGood,
  observe,
  openAccount,
  openHour,
  openMinute,
  reopen,
} from "./account.ts";
import { type Delivery, startDelivery } from "./delivery.ts";
import { type Batch, entriesIn, hourMs } from "./entries.ts";
import { createFollower, type Member } from "./follower.ts";
import {
  createJournal,
  type Journal,
  memorySpool,
  type SavedStatus,
  type Spool,
} from "./journal.ts";
import type { HistoryState, Question, RecorderSettings } from "./messages.ts";
import { createPostgresStore, type PostgresStore } from "./postgres-store.ts";
import { errorOf, statusOfCheck, textOfPage } from "./shown.ts";
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
/** So many entries are saved at once, without waiting: one transaction stays short. */
const saveEntries = 1000;
const retainEveryMs = 60_000;
const reopenEveryMs = 5000;
const statusesEveryMs = 10_000;
/** Entries that may wait in memory while the disk cannot be written. */
const unsavedMax = 100_000;
const litellmEveryMs = hourMs;
const errorCharactersMax = 200;

interface Local {
  readonly journal: Journal;
  /** Null when history goes to PostgreSQL. */
  readonly store: SqliteStore | null;
  close(): void;
}

export function startRecorder(options: RecorderOptions): Recorder {
  const { table, settings, clock } = options;
  const secrets = settings.databaseUrl === null ? [] : secretsOf(settings.databaseUrl);
  const reader = createReader(table);
  const follower = createFollower(table, reader);
  const accounts = new Map<string, Account>();
  const saved = new Map<string, SavedStatus>();
  const unsaved: Batch[] = [];
  const litellmAt = new Map<string, number>();
  /** Whose rows PostgreSQL does not have yet. */
  const unsent = new Set<Account>();
  let dirty = new Set<Account>();
  let batch = emptyBatch();
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
  let unseen = 0;
  let dueMs = { save: 0, retain: 0, reopen: 0, statuses: 0 };
  let stopped = false;
  /** What was in the spool when it was closed. */
  let leftWaiting = 0;

  open();
  const timer = setInterval(tick, lookEveryMs);

  function open(): void {
    dueMs = { ...dueMs, reopen: clock.monotonicMs() + reopenEveryMs };
    try {
      local = openLocal();
      localError = null;
      for (const status of local.journal.statuses()) saved.set(status.key, status);
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
    follower.look(found);
    if (local === null && settings.databaseUrl === null && nowMs >= dueMs.reopen) open();
    if (nowMs >= dueMs.save) {
      dueMs.save = nowMs + saveEveryMs;
      const wallMs = clock.wallMs();
      for (const account of accounts.values()) closeEnded(account, wallMs);
      save();
    } else if (entriesIn(batch) >= saveEntries) {
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

  function accountOf(member: Member): Account {
    const { key } = member.subject;
    const known = accounts.get(key);
    if (known !== undefined) {
      known.subject = member.subject;
      return known;
    }
    const before = saved.get(key);
    saved.delete(key);
    const account = openAccount(member.subject, clock.wallMs(), before?.row);
    if (before !== undefined) reopen(account, before.open);
    accounts.set(key, account);
    return account;
  }

  function found(member: Member, row: Row): void {
    const account = accountOf(member);
    if (!differs(account.row, row)) return;
    const nowMs = clock.wallMs();
    const observed = observe(account, row, nowMs);
    unseen += observed.unseen;
    batch.minutes.push(...observed.minutes);
    batch.hours.push(...observed.hours);
    if (observed.check !== null) batch.checks.push(observed.check);
    if (observed.transition !== null) batch.transitions.push(observed.transition);
    batch.accounts.add(account);
    if (settings.litellmTable) addLitellm(account, observed.transition !== null, nowMs);
    dirty.add(account);
    if (postgres !== null) unsent.add(account);
  }

  /** LiteLLM's own rule: a row when the status changed, or when the last one is older than an hour. */
  function addLitellm({ subject, row }: Account, changed: boolean, nowMs: number): void {
    const status = statusOfCheck(outcomeClassOf(row.outcomeClass));
    const lastMs = litellmAt.get(subject.key) ?? 0;
    if (row.lastCheckMs === 0 || status === "unknown") return;
    if (!changed && nowMs - lastMs < litellmEveryMs) return;
    litellmAt.set(subject.key, nowMs);
    batch.litellm.push({
      model_name: subject.model_name,
      model_id: subject.model_id,
      healthy: status === "healthy",
      error: errorOf({ class: row.outcomeClass, text: row.text }),
      response_time_ms: row.latencyMicros / 1000,
      at_ms: row.lastCheckMs,
    });
  }

  function closeEnded(account: Account, nowMs: number): void {
    const { minutes, hours } = close(account, nowMs);
    if (minutes.length === 0 && hours.length === 0) return;
    batch.minutes.push(...minutes);
    batch.hours.push(...hours);
    batch.accounts.add(account);
    dirty.add(account);
  }

  /** Everything that is not saved, in one transaction; what fails is tried again with the next. */
  function save(): void {
    if (entriesIn(batch) > 0) {
      unsaved.push(batchOf(batch));
      batch = emptyBatch();
    }
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
          journal.saveStatuses([...dirty]);
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
      dirty = new Set();
    } catch (error) {
      local?.store?.rolledBack();
      if (localError === null) options.onNotice(`history cannot be written: ${wordsOf(error)}`);
      localError = wordsOf(error);
    }
    trim();
    delivery?.wake();
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
      if (initialized) {
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
    const sent = [...unsent];
    unsent.clear();
    await postgres.saveStatuses(sent).catch(() => {
      for (const account of sent) unsent.add(account);
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
    follow(members) {
      const keys = new Set(members.map(({ subject }) => subject.key));
      for (const [key, account] of accounts) {
        if (keys.has(key)) continue;
        const { minutes, hours } = closeForGood(account, clock.wallMs());
        batch.minutes.push(...minutes);
        batch.hours.push(...hours);
        batch.accounts.add(account);
        accounts.delete(key);
        dirty.add(account);
        saved.set(key, { key, row: account.row, open: "" });
      }
      for (const member of members) accountOf(member);
      follower.follow(members);
    },

    async ask(question) {
      try {
        if (question.type === "page") {
          return textOfPage(question.query, await reads().page(question.query));
        }
        const account = accounts.get(question.key);
        const nowMs = clock.wallMs();
        if (account !== undefined) closeEnded(account, nowMs);
        const open =
          account === undefined
            ? { minute: null, hour: null }
            : { minute: openMinute(account), hour: openHour(account, nowMs) };
        return JSON.stringify(await summaryOf(reads(), question.key, open, nowMs));
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
        entriesIn(batch) + unsaved.reduce((sum, one) => sum + entriesIn(one), 0) + waitingInSpool(),
      written,
      dropped,
      unseen,
    }),

    async stop(timeoutMs) {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      follower.look(found);
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

/** Rows that tell something new; a row that was only planned anew does not. */
function differs(before: Row, row: Row): boolean {
  return (
    before.lastCheckMs !== row.lastCheckMs ||
    before.state !== row.state ||
    !isSame(before.classCounts, row.classCounts)
  );
}

function isSame(before: Uint32Array, now: Uint32Array): boolean {
  for (let code = 0; code < now.length; code += 1) {
    if (before[code] !== now[code]) return false;
  }
  return true;
}

type OpenBatch = { [Kind in Exclude<keyof Batch, "subjects">]: Batch[Kind][number][] } & {
  subjects: [];
  accounts: Set<Account>;
};

function emptyBatch(): OpenBatch {
  return {
    subjects: [],
    checks: [],
    transitions: [],
    minutes: [],
    hours: [],
    litellm: [],
    accounts: new Set(),
  };
}

function batchOf({ accounts, ...entries }: OpenBatch): Batch {
  return { ...entries, subjects: [...accounts].map(({ subject }) => subject) };
}
