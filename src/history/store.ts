// What a store of history can be asked, whichever engine it is: PostgreSQL or the embedded SQLite file.

import {
  type CheckEntry,
  hourMs,
  type RollupEntry,
  type Subject,
  type TransitionEntry,
} from "./entries.ts";

/** How long what is kept, milliseconds; and a bound on the largest table whatever the pace of the fleet. */
export interface Retention {
  readonly checksMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
  readonly transitionsMs: number;
  readonly checksMax: number;
}

/** What is further ahead of the clock was written by one that was wrong, and is as good as old. */
export const aheadMaxMs = 24 * hourMs;

export type EntryKind = "checks" | "transitions";

/** Which entries are asked for; newest first. */
export interface PageQuery {
  readonly kind: EntryKind;
  /** Public model name, else litellm_params.model. */
  readonly model: string | null;
  readonly modelId: string | null;
  /** Outcome classes of checks, or states that a transition led to; null for all. */
  readonly codes: readonly number[] | null;
  /** From this wall time on, and before that one. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly limit: number;
  readonly offset: number;
  /** Goes on after this entry. */
  readonly after: Place | null;
}

/** Where an entry stands in the order of time. */
export interface Place {
  readonly atMs: number;
  readonly seq: number;
}

export type Stored<Entry> = Omit<Entry, "key"> & Subject & { readonly seq: number };
export type StoredCheck = Stored<CheckEntry>;
export type StoredTransition = Stored<TransitionEntry>;

export interface Page {
  /** Of the kind that was asked for. */
  readonly checks: readonly StoredCheck[];
  readonly transitions: readonly StoredTransition[];
  /** All entries that match, on whatever page. */
  readonly total: number;
}

/** Answers reject with an Error whose message may be shown. */
export interface HistoryReads {
  page(query: PageQuery): Promise<Page>;
  /** Roll-ups of one deployment that begin at `fromMs` or later, oldest first. */
  rollups(key: string, span: "minute" | "hour", fromMs: number): Promise<readonly RollupEntry[]>;
  /** Transitions of one deployment from `fromMs` to before `toMs`, oldest first; the newest `limit` of them. */
  transitions(
    key: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly TransitionEntry[]>;
  /** The newest checks of one deployment, newest first. */
  checks(key: string, limit: number): Promise<readonly CheckEntry[]>;
}
