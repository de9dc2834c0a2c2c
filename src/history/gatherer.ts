// What is gathered from the table until it is saved: rows that are new become entries of their deployment's account.

import type { Clock } from "../clock.ts";
import { createReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import { bytesOfRow } from "../table/row-words.ts";
import type { Table } from "../table/table.ts";
import { type Account, openStanding, reopen, type Standing, textOfOpen } from "./account.ts";
import { accountedOf, isNews } from "./accounted.ts";
import { Accounts } from "./accounts.ts";
import {
  type Closed,
  close,
  closeForGood,
  leapTo,
  nothingClosed,
  openHour,
  openMinute,
} from "./closing.ts";
import { type Batch, entriesIn, minuteMs } from "./entries.ts";
import { createFollower, type Member } from "./follower.ts";
import type { SavedStatus, StatusToSave } from "./journal.ts";
import { createFirstRows, isLastOfPeer, toldByPeer } from "./last-of-peer.ts";
import { createLitellmRows } from "./litellm-rows.ts";
import { observe } from "./observing.ts";
import { emptyBatch } from "./open-batch.ts";
import { pack, unpack } from "./packed-standing.ts";
import type { Open } from "./summary.ts";

export interface Gatherer {
  /** What an earlier process saved: whoever is followed from now on begins where that ends. */
  restore(statuses: Iterable<SavedStatus>): void;
  /** Tells how many are not followed any more. */
  follow(members: readonly Member[]): number;
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
  /** Outcomes that came between two looks, so far. */
  unseen(): number;
}

export interface GathererOptions {
  readonly table: Table;
  readonly clock: Clock;
  /** Whether entries for the proxy's own table are made. */
  readonly litellmTable: boolean;
  /** Peers write into the same history: what they asked is theirs to write down. */
  readonly isShared: boolean;
  /** This is to be saved with the entries that there are now; `isOurs` unless a peer saves it where all do. */
  readonly onChanged: (status: StatusToSave, isOurs: boolean) => void;
}

/** More between two looks is a jump of the clock, or the sleep of the machine. */
const gapMaxMs = minuteMs;
const callsToAll = 20;
/** In one call; the minutes of a whole fleet end at the same time. */
const endedMax = 100;

export function createGatherer(options: GathererOptions): Gatherer {
  const { clock, onChanged, isShared } = options;
  const follower = createFollower(options.table, createReader(options.table));
  const accounts = new Accounts();
  /** Packed, until deployments are followed. */
  const saved = new Map<string, Uint8Array>();
  const litellmRows = options.litellmTable ? createLitellmRows() : null;
  let batch = emptyBatch();
  let unseen = 0;
  /** The wall time of the last look. */
  let lookedMs = clock.wallMs();
  /** What was accounted for before this began is known. */
  let isRestored = false;
  /** Keys of those who begin with the first row that is seen of them. */
  const beginning = new Set<string>();
  const firstRows = createFirstRows();
  /** Whose minute and hour are looked at next. */
  let nextToClose = 0;

  /**
   * What the clock says. Where it jumped, or the machine slept, no account counts the time between: nobody looked. One look at every
   * account, and seldom.
   */
  function nowOf(): number {
    const nowMs = clock.wallMs();
    const passedMs = nowMs - lookedMs;
    if (Math.abs(passedMs) > gapMaxMs) {
      for (let place = 0; place < accounts.length; place += 1) {
        const account = accounts.at(place);
        const closed = leapTo(account, lookedMs, nowMs);
        accounts.put(place, account);
        if (closed.minutes.length + closed.hours.length > 0) changed(account, closed, null);
      }
    }
    lookedMs = nowMs;
    return nowMs;
  }

  function found(place: number, row: Row): void {
    const account = accounts.at(place);
    const { subject, accounted } = account;
    const first = firstRows.take(subject.key);
    if (beginning.delete(subject.key)) begin(place, account, row);
    else if (isNews(accounted, row, isShared)) {
      if (isLastOfPeer(accounted, row, first)) take(place, account, toldByPeer(row));
      take(place, accounts.at(place), row);
    }
  }

  /** What the row counts may be in history already, by an earlier process or thread. */
  function begin(place: number, account: Account, row: Row): void {
    account.accounted = accountedOf(row);
    account.countedMs = clock.wallMs();
    accounts.put(place, account);
  }

  function take(place: number, account: Account, row: Row): void {
    const nowMs = clock.wallMs();
    const wasOurs = isOurs(account);
    const observed = observe(account, row, nowMs, isShared);
    accounts.put(place, account);
    const isChanged = observed.transition !== null;
    // Also of what a peer writes down: who takes over after it goes on from there.
    const litellm = litellmRows?.entryOf(account.subject, row, isChanged, nowMs) ?? null;
    if (isOurs(account)) {
      unseen += observed.unseen;
      if (observed.check !== null) batch.checks.push(observed.check);
      if (observed.transition !== null) batch.transitions.push(observed.transition);
      if (observed.modelChange !== null) batch.transitions.push(observed.modelChange);
      if (litellm !== null) batch.litellm.push(litellm);
    }
    changed(account, observed, bytesOfRow(row), wasOurs);
  }

  /** Whether it is for this process to write down what becomes of it. */
  function isOurs({ accounted }: Account): boolean {
    return !(isShared && accounted.isOfPeer);
  }

  /** Its roll-ups that ended belong to the batch, if they were ours, and how it stands is to be saved with it. */
  function changed(
    account: Account,
    { minutes, hours }: Closed,
    row: Uint8Array | null,
    wasOurs = isOurs(account),
  ): void {
    const { subject } = account;
    const { key } = subject;
    const isOursNow = isOurs(account);
    if (wasOurs) {
      batch.minutes.push(...minutes);
      batch.hours.push(...hours);
    }
    if (wasOurs || isOursNow) batch.subjects.set(key, subject);
    onChanged({ key, row, open: isOursNow ? textOfOpen(account) : "" }, isOursNow);
  }

  /** True when there was something to end. */
  function closeIn(place: number, nowMs: number): boolean {
    if (!accounts.isOver(place, nowMs)) return false;
    const account = accounts.at(place);
    const closed = close(account, nowMs);
    accounts.put(place, account);
    if (closed.minutes.length === 0 && closed.hours.length === 0) return false;
    changed(account, closed, null);
    return true;
  }

  function standingOf(row: Row, open: string): Standing {
    // A process that starts asks everything until it has its share, and what peers counted meanwhile it has not seen.
    const standing = openStanding(clock.wallMs(), { ...accountedOf(row), isOfPeer: false });
    reopen(standing, open);
    return standing;
  }

  /**
   * The file could not be opened when this began. The minutes and hours that were open in it are ended, as those of now have begun, and
   * whoever is followed is saved as it stands: what the file says of them is old.
   */
  function restoreLate(statuses: Iterable<SavedStatus>): void {
    const places = accounts.placesByKey();
    for (const { key, row, open } of statuses) {
      const place = places.get(key);
      if (place === undefined) continue;
      const { subject } = accounts.at(place);
      const closed = closeForGood({ subject, ...standingOf(row, open) }, clock.wallMs());
      changed(accounts.at(place), closed, null, true);
    }
    follower.lookAnew((place, row) => {
      found(place, row);
      changed(accounts.at(place), nothingClosed, bytesOfRow(row));
    });
    beginning.clear();
  }

  function keep(status: SavedStatus): void {
    saved.set(status.key, pack(standingOf(status.row, status.open)));
    firstRows.saved(status);
  }

  /** How a deployment that was not followed stood last. */
  function before(key: string): Standing | null {
    const bytes = saved.get(key);
    saved.delete(key);
    firstRows.expect(key);
    if (bytes === undefined && !isRestored) beginning.add(key);
    return bytes === undefined ? null : { ...unpack(bytes), countedMs: clock.wallMs() };
  }

  return {
    restore(statuses) {
      nowOf();
      isRestored = true;
      if (accounts.length > 0) restoreLate(statuses);
      else for (const status of statuses) keep(status);
    },
    follow(members) {
      const subjects = members.map(({ subject }) => subject);
      const nowMs = nowOf();
      const gone: string[] = [];
      accounts.replace(subjects, nowMs, before, (account) => {
        changed(account, closeForGood(account, nowMs), null);
        gone.push(account.subject.key);
      });
      for (const key of gone) {
        beginning.delete(key);
        firstRows.forget(key);
        litellmRows?.forget(key);
      }
      // Whoever comes later, or again, begins with an empty row. Before the configuration is known nobody is followed.
      if (subjects.length > 0) {
        saved.clear();
        firstRows.settle();
      }
      nextToClose = 0;
      follower.follow(members);
      // Every outcome from now on is news.
      if (beginning.size > 0) follower.look(found);
      return gone.length;
    },
    look() {
      nowOf();
      follower.look(found);
    },
    lookAtAll() {
      nowOf();
      follower.lookAtAll(found);
    },
    closeEnded() {
      const nowMs = nowOf();
      const end = Math.ceil(accounts.length / callsToAll);
      for (let seen = 0, ended = 0; seen < end && ended < endedMax; seen += 1) {
        if (closeIn(nextToClose, nowMs)) ended += 1;
        nextToClose = (nextToClose + 1) % accounts.length;
      }
    },
    count: () => entriesIn(batch),
    take() {
      if (entriesIn(batch) === 0) return null;
      const { subjects, ...entries } = batch;
      batch = emptyBatch();
      return { ...entries, subjects: [...subjects.values()] };
    },
    openOf(key) {
      const place = accounts.placeOf(key);
      if (place === null) return { minute: null, hour: null, isOfPeer: false };
      const nowMs = nowOf();
      closeIn(place, nowMs);
      const account = accounts.at(place);
      const open = {
        minute: openMinute(account),
        hour: openHour(account, nowMs),
        isOfPeer: !isOurs(account),
      };
      accounts.put(place, account);
      return open;
    },
    unseen: () => unseen,
  };
}
