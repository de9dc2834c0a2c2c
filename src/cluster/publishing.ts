// Tells the others what our deployments' rows are: the latest of each, so that a Redis that is slow has nothing pile up here. One script a
// batch puts them where those who come later find them, and on the channel on which those who are there listen; only while
// the lease is there with our token, which the same script looks at. What was found out here while a slot was on its way to another replica, or
// while everything was ours, is told as well, where nobody has told anything newer: who asks it now goes on from there.

import { type Changes, followChanges } from "../table/changes.ts";
import { createReader } from "../table/reader.ts";
import { sources } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import type { Keys } from "./keys.ts";
import type { Session } from "./redis-link.ts";
import { type NamedRow, type RowBatch, writeRows } from "./row-writing.ts";
import type { FollowedFleet, SlotIndex } from "./slot-index.ts";

/** Rows in one batch: some 40 KB. */
const batchMax = 64;
/** Slots that are looked at for it. */
const lookMax = 2048;
/** After the last row of all that are in one hash. */
export const keepRowsMs = 3600_000;
/** Rows that were there and are no more are written again, at most so often. */
const restoreMs = 60_000;

/** What a thread here has found out itself. */
const foundHere: ReadonlySet<number> = new Set(
  (["probe", "passive"] as const).map((source) => sources.indexOf(source)),
);

/** KEYS hashes of rows. ARGV keep. */
const keepLua = "for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end return 1";

export interface PublishingOptions {
  readonly table: Table;
  readonly fleet: FollowedFleet;
  readonly id: string;
  /** Whether we, and nobody else, ask it. */
  readonly isOurs: (slot: number) => boolean;
  /** Of the lease that is held; null when none is. */
  readonly token: () => string | null;
  readonly nowMs: () => number;
  /** The lease is not there with our token. */
  readonly onFenced: () => void;
  readonly onPublished: (rows: number) => void;
}

export interface Publishing {
  /** From now on for this fleet, or for none. */
  begin(index: SlotIndex | null): void;
  /** Everything of ours is told, whether it has changed or not, and nothing else. */
  tellAll(): void;
  /** Looks what has changed, without telling it. */
  look(): void;
  /** Tells what is to be told; one call at a time does, others join it. */
  flush(session: Session, keys: Keys): Promise<void>;
  waiting(): number;
}

export function createPublishing(options: PublishingOptions): Publishing {
  const { table, fleet, id, isOurs, token } = options;
  const reader = createReader(table);
  const changes: Changes = followChanges(table);
  let index: SlotIndex | null = null;
  /** By slot: it is in the queue. */
  let marked = new Uint8Array(0);
  let queue: number[] = [];
  let head = 0;
  /** All slots are gone through from the first to the last, beside the queue: so far. */
  let swept = Number.POSITIVE_INFINITY;
  let flushing: Promise<void> | null = null;
  /** All that was ours was told: a row that is new to Redis now was lost there. */
  let told: "no" | "under way" | "all" = "no";
  let restoredMs = Number.NEGATIVE_INFINITY;
  let keptMs = Number.NEGATIVE_INFINITY;

  function mark(slot: number): void {
    if (slot >= marked.length || marked[slot] === 1) return;
    marked[slot] = 1;
    queue.push(slot);
  }

  function tellAll(): void {
    swept = 0;
  }

  function waiting(): number {
    return queue.length - head + Math.max(0, (index?.slots.length ?? 0) - swept);
  }

  /** The next slot to tell of; null when there is none. */
  function next(known: SlotIndex): number | null {
    if (head < queue.length) {
      const slot = queue[head] as number;
      head += 1;
      marked[slot] = 0;
      return slot;
    }
    if (swept >= known.slots.length) return null;
    swept += 1;
    return known.slots[swept - 1] as number;
  }

  function look(): void {
    if (!changes.take(mark)) tellAll();
  }

  /** The next rows, each as it is now. */
  function takeBatch(known: SlotIndex): RowBatch {
    const batch: { news: NamedRow[]; others: NamedRow[] } = { news: [], others: [] };
    for (let looks = 0; looks < lookMax; looks += 1) {
      if (batch.news.length + batch.others.length >= batchMax) break;
      const isChanged = head < queue.length;
      const slot = next(known);
      if (slot === null) break;
      const isOwn = isOurs(slot);
      const isNew = isChanged && isFoundHere(slot);
      const row = isOwn || isNew ? publishable(known, slot) : null;
      if (row !== null) (isOwn && isNew ? batch.news : batch.others).push({ slot, ...row });
    }
    if (head === queue.length) {
      queue = [];
      head = 0;
    }
    return batch;
  }

  function isFoundHere(slot: number): boolean {
    const wasAsked = reader.scalar(slot, "lastCheckMs").value > 0;
    return wasAsked && foundHere.has(reader.scalar(slot, "source").value);
  }

  function publishable(known: SlotIndex, slot: number): Omit<NamedRow, "slot"> | null {
    const place = fleet.placeOf(slot);
    const taken = reader.bytes(slot);
    if (place === null || taken === null) return null;
    if (taken.identity === 0 || taken.identity !== known.first[slot]) return null;
    return { key: fleet.list().keyAt(place), bytes: taken.bytes };
  }

  async function tell(session: Session, keys: Keys, known: SlotIndex): Promise<void> {
    while (waiting() > 0 && index === known) {
      const held = token();
      if (held === null) return;
      const batch = takeBatch(known);
      const rows = [...batch.news, ...batch.others];
      if (rows.length === 0) {
        await new Promise(setImmediate);
        continue;
      }
      const again = () => {
        if (index === known) for (const { slot } of rows) mark(slot);
      };
      try {
        const from = { id, token: held };
        const created = await writeRows(session, { keys, index: known, batch, from, keepRowsMs });
        if (created === null) {
          again();
          options.onFenced();
          return;
        }
        options.onPublished(rows.length);
        if (told === "all" && created > 0) restore();
      } catch (error) {
        again();
        throw error;
      }
    }
    if (told === "under way" && waiting() === 0) told = "all";
    await keep(session, keys);
  }

  /** Redis lost a part of what it had: an eviction, or somebody's hand. */
  function restore(): void {
    const nowMs = options.nowMs();
    if (nowMs - restoredMs < restoreMs) return;
    restoredMs = nowMs;
    tellAll();
  }

  async function keep(session: Session, keys: Keys): Promise<void> {
    const nowMs = options.nowMs();
    if (nowMs - keptMs < keepRowsMs / 4) return;
    keptMs = nowMs;
    await session.ask("EVAL", keepLua, keys.rows.length, ...keys.rows, keepRowsMs);
  }

  function forgetQueue(): void {
    marked = new Uint8Array(index?.first.length ?? 0);
    queue = [];
    head = 0;
  }

  return {
    begin(next) {
      index = next;
      forgetQueue();
      swept = Number.POSITIVE_INFINITY;
      told = "no";
      keptMs = Number.NEGATIVE_INFINITY;
      look();
    },
    tellAll() {
      look();
      forgetQueue();
      told = "under way";
      tellAll();
    },
    look,
    flush(session, keys) {
      if (flushing !== null) return flushing;
      if (index === null || (waiting() === 0 && options.nowMs() - keptMs < keepRowsMs / 4)) {
        return Promise.resolve();
      }
      flushing = tell(session, keys, index).finally(() => {
        flushing = null;
      });
      return flushing;
    },
    waiting,
  };
}
