// Batches that wait for PostgreSQL: in the embedded file, or in memory while there is none.

import type { Database } from "bun:sqlite";
import { type Batch, entriesIn, hourMs, startOf } from "./entries.ts";

/** A batch on its way to PostgreSQL, as JSON. */
export interface Parcel {
  /** Who writes. */
  readonly node: string;
  /** Grows by one with every batch of this node. */
  readonly seq: number;
  readonly subjects: string;
  readonly entries: string;
  /** The hours that its entries fall into, as JSON (see `Hours`). */
  readonly hours: string;
  readonly count: number;
}

/** Beginnings of hours (milliseconds), each once, by kind of entry. */
export type Hours = Readonly<
  Record<"checks" | "transitions" | "minutes" | "hours", readonly number[]>
>;

/** Batches in the order in which they came. */
export interface Spool {
  /** Who writes what is in it; the same for as long as it lives, unless renamed. */
  readonly node: string;
  /** Another writer from now on, for all that is in it too. */
  rename(): void;
  /** The newest number that was given. */
  newest(): number;
  /** Throws when it cannot be kept. */
  push(batch: Batch): void;
  /** The oldest one that comes after this number. */
  first(afterSeq: number): Parcel | null;
  /** Those up to this number. Throws when it cannot be written. */
  drop(seq: number): void;
  /** Entries that come after this number, and the bytes that they take. */
  size(afterSeq: number): { readonly entries: number; readonly bytes: number };
}

export function parcelOf(batch: Batch, seq: number, node: string): Parcel {
  const { subjects, ...entries } = batch;
  return {
    node,
    seq,
    subjects: JSON.stringify(subjects),
    entries: JSON.stringify(entries),
    hours: JSON.stringify({
      checks: hoursOf(batch.checks.map(({ at_ms }) => at_ms)),
      transitions: hoursOf(batch.transitions.map(({ at_ms }) => at_ms)),
      minutes: hoursOf(batch.minutes.map(({ start_ms }) => start_ms)),
      hours: hoursOf(batch.hours.map(({ start_ms }) => start_ms)),
    } satisfies Hours),
    count: entriesIn(batch),
  };
}

function hoursOf(times: readonly number[]): number[] {
  return [...new Set(times.map((time) => startOf(time, hourMs)))];
}

/** In a database that is open and migrated. */
export function diskSpool(database: Database, id: string): Spool {
  let node = id;
  const newest = database.query<{ seq: number }, []>(
    "select seq from sqlite_sequence where name = 'spool'",
  );
  const push = database.query<unknown, [number, number, string, string, string]>(
    "insert into spool (count, bytes, hours, subjects, entries) values (?, ?, ?, ?, ?)",
  );
  const first = database.query<Omit<Parcel, "node">, [number]>(
    "select seq, subjects, entries, hours, count from spool where seq > ? order by seq limit 1",
  );
  const drop = database.query<unknown, [number]>("delete from spool where seq <= ?");
  const size = database.query<{ entries: number | null; bytes: number | null }, [number]>(
    "select sum(count) as entries, sum(bytes) as bytes from spool where seq > ?",
  );
  return {
    get node() {
      return node;
    },
    rename() {
      node = crypto.randomUUID();
      database.run("update node set id = ?", [node]);
    },
    newest: () => newest.get()?.seq ?? 0,
    push(batch) {
      const { subjects, entries, hours, count } = parcelOf(batch, 0, node);
      push.run(count, subjects.length + entries.length, hours, subjects, entries);
    },
    first(afterSeq) {
      const found = first.get(afterSeq);
      return found === null ? null : { node, ...found };
    },
    drop: (seq) => void drop.run(seq),
    size(afterSeq) {
      const { entries, bytes } = size.get(afterSeq) ?? { entries: 0, bytes: 0 };
      return { entries: entries ?? 0, bytes: bytes ?? 0 };
    },
  };
}

/** While there is no place to write: what waits is lost with the process. */
export function memorySpool(): Spool {
  let node = crypto.randomUUID();
  const parcels: Parcel[] = [];
  let seq = 0;
  const bytesOf = (parcel: Parcel) => parcel.subjects.length + parcel.entries.length;
  return {
    get node() {
      return node;
    },
    rename() {
      node = crypto.randomUUID();
    },
    newest: () => seq,
    push(batch) {
      seq += 1;
      parcels.push(parcelOf(batch, seq, node));
    },
    first: (afterSeq) => parcels.find((parcel) => parcel.seq > afterSeq) ?? null,
    drop(upTo) {
      while (parcels[0] !== undefined && parcels[0].seq <= upTo) parcels.shift();
    },
    size: () => ({
      entries: parcels.reduce((sum, { count }) => sum + count, 0),
      bytes: parcels.reduce((sum, parcel) => sum + bytesOf(parcel), 0),
    }),
  };
}
