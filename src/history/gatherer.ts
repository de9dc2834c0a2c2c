// What is gathered from the table until it is saved: rows that are new become entries of their deployment's account.

import type { Clock } from "../clock.ts";
import { outcomeClassOf } from "../table/outcome-class.ts";
import { createReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import { type Account, openAccount, reopen, textOfOpen } from "./account.ts";
import { type Accounted, accountedOf, isNews } from "./accounted.ts";
import { close, closeForGood, openHour, openMinute } from "./closing.ts";
import { type Batch, entriesIn, hourMs } from "./entries.ts";
import { createFollower, type Member } from "./follower.ts";
import type { SavedStatus } from "./journal.ts";
import { observe } from "./observing.ts";
import { errorOf, statusOfCheck } from "./shown.ts";
import type { Open } from "./summary.ts";

export interface Gatherer {
  /** Where these go on from, unless they are followed already. */
  restore(statuses: Iterable<SavedStatus>): void;
  follow(members: readonly Member[]): void;
  look(): void;
  /** Finds what is new whatever became of those who wrote it. */
  lookAtAll(): void;
  /** Ends minutes and hours that are over, of some deployments in each call: of all of them within twenty, when not many end at once. */
  closeEnded(): void;
  /** Entries since the last `take`. */
  count(): number;
  /** What was gathered since the last call; null when there is nothing. */
  take(): Batch | null;
  /** What a deployment has open; nothing when it is not followed. */
  openOf(key: string): Open;
  /** The same as text, for a restart. */
  textOfOpen(key: string): string;
  /** Outcomes that came between two looks, so far. */
  unseen(): number;
}

export interface GathererOptions {
  readonly table: Table;
  readonly clock: Clock;
  /** Whether entries for the proxy's own table are made. */
  readonly litellmTable: boolean;
  /** The account of the deployment with this key is to be saved, with the row that it accounts for unless that is saved already. */
  readonly onChanged: (key: string, row: Row | null) => void;
}

const litellmEveryMs = hourMs;
const callsToAll = 20;
/** In one call; the minutes of a whole fleet end at the same time. */
const endedMax = 100;

export function createGatherer(options: GathererOptions): Gatherer {
  const { clock } = options;
  const follower = createFollower(options.table, createReader(options.table));
  const accounts = new Map<string, Account>();
  const saved = new Map<string, { readonly accounted: Accounted; readonly open: string }>();
  const litellmAt = new Map<string, number>();
  let batch = emptyBatch();
  let unseen = 0;
  /** Whose minute and hour are looked at next. */
  let nextToClose = accounts.values();

  function accountOf(member: Member): Account {
    const { key } = member.subject;
    const known = accounts.get(key);
    if (known !== undefined) {
      known.subject = member.subject;
      return known;
    }
    const before = saved.get(key);
    saved.delete(key);
    const account = openAccount(member.subject, clock.wallMs(), before?.accounted);
    if (before !== undefined) reopen(account, before.open);
    accounts.set(key, account);
    return account;
  }

  function found(member: Member, row: Row): void {
    const account = accountOf(member);
    if (!isNews(account.accounted, row)) return;
    const nowMs = clock.wallMs();
    const observed = observe(account, row, nowMs);
    unseen += observed.unseen;
    batch.minutes.push(...observed.minutes);
    batch.hours.push(...observed.hours);
    if (observed.check !== null) batch.checks.push(observed.check);
    if (observed.transition !== null) batch.transitions.push(observed.transition);
    if (observed.modelChange !== null) batch.transitions.push(observed.modelChange);
    batch.accounts.add(account);
    if (options.litellmTable) addLitellm(account, row, observed.transition !== null, nowMs);
    options.onChanged(account.subject.key, row);
  }

  /** LiteLLM's own rule: a row when the status changed, or when the last one is older than an hour. */
  function addLitellm({ subject }: Account, row: Row, changed: boolean, nowMs: number): void {
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

  /** True when there was something to end. */
  function closeEnded(account: Account, nowMs: number): boolean {
    const { minutes, hours } = close(account, nowMs);
    if (minutes.length === 0 && hours.length === 0) return false;
    batch.minutes.push(...minutes);
    batch.hours.push(...hours);
    batch.accounts.add(account);
    options.onChanged(account.subject.key, null);
    return true;
  }

  return {
    restore(statuses) {
      for (const { key, row, open } of statuses)
        saved.set(key, { accounted: accountedOf(row), open });
    },
    follow(members) {
      const keys = new Set(members.map(({ subject }) => subject.key));
      for (const [key, account] of accounts) {
        if (keys.has(key)) continue;
        const { minutes, hours } = closeForGood(account, clock.wallMs());
        batch.minutes.push(...minutes);
        batch.hours.push(...hours);
        batch.accounts.add(account);
        accounts.delete(key);
        options.onChanged(key, null);
        saved.set(key, { accounted: account.accounted, open: "" });
      }
      for (const member of members) accountOf(member);
      follower.follow(members);
    },
    look: () => follower.look(found),
    lookAtAll: () => follower.lookAtAll(found),
    closeEnded() {
      const nowMs = clock.wallMs();
      const end = Math.ceil(accounts.size / callsToAll);
      for (let seen = 0, ended = 0; seen < end && ended < endedMax; seen += 1) {
        const { value: account, done } = nextToClose.next();
        if (done === true) nextToClose = accounts.values();
        else if (closeEnded(account, nowMs)) ended += 1;
      }
    },
    count: () => entriesIn(batch),
    take() {
      if (entriesIn(batch) === 0) return null;
      const { accounts: touched, ...entries } = batch;
      batch = emptyBatch();
      return { ...entries, subjects: [...touched].map(({ subject }) => subject) };
    },
    openOf(key) {
      const account = accounts.get(key);
      if (account === undefined) return { minute: null, hour: null };
      const nowMs = clock.wallMs();
      closeEnded(account, nowMs);
      return { minute: openMinute(account), hour: openHour(account, nowMs) };
    },
    textOfOpen(key) {
      const account = accounts.get(key);
      return account === undefined ? "" : textOfOpen(account);
    },
    unseen: () => unseen,
  };
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
