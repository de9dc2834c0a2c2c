// The closed list of what the main thread and the recorder say to each other, and of what is said on the port over which it is asked.
// Statuses go through the table.

import type { MessagePort } from "node:worker_threads";
import type { TableHandle } from "../table/table.ts";
import type { Ready } from "../threads/ready.ts";
import type { PageQuery, Retention } from "./store.ts";

export interface RecorderSettings {
  readonly sqliteFile: string;
  /** Null keeps history in the embedded file. Carries a password: it is never shown. */
  readonly databaseUrl: string | null;
  /** Deadline of one question to the database. */
  readonly timeoutMs: number;
  readonly retention: Retention;
  /** What may wait for the database on disk. */
  readonly bufferBytesMax: number;
  readonly litellmTable: boolean;
  readonly nodeName: string;
}

/** What the thread is born with. */
export interface RecorderStart {
  readonly table: TableHandle;
  readonly settings: RecorderSettings;
}

export type Question =
  | { readonly type: "page"; readonly query: PageQuery }
  /** Everything about one deployment, by its key. */
  | { readonly type: "deployment"; readonly key: string };

export interface Asked {
  readonly ticket: number;
  readonly question: Question;
  /** The wall time at which its asker gives up. */
  readonly endMs: number;
}

export interface Answered {
  readonly ticket: number;
  /** JSON, or null when there is an error. */
  readonly text: string | null;
  readonly error: string | null;
}

export type ToRecorder =
  /** A piece of the list of members, as JSON, which costs a third of a structured clone; with the last one the whole list holds. */
  | {
      readonly type: "follow";
      readonly members: string;
      readonly first: boolean;
      readonly last: boolean;
    }
  /** Questions come over this port from now on, and over no other. */
  | { readonly type: "answer"; readonly port: MessagePort }
  /** Write what there is; answered by `stopped`. */
  | { readonly type: "stop"; readonly timeoutMs: number };

/** How the recorder does. */
export interface HistoryState {
  readonly engine: "postgresql" | "sqlite";
  /** The store was open and migrated at least once. */
  readonly initialized: boolean;
  /** Why nothing can be written just now; null when all is well. */
  readonly error: string | null;
  /** Wall time of the last write to the store; null before the first. */
  readonly lastWriteMs: number | null;
  /** Entries that wait to be written. */
  readonly waiting: number;
  /** Entries written, and entries given up, since the thread started. */
  readonly written: number;
  readonly dropped: number;
  /** Outcomes that came between two looks: they are in the roll-ups, and have no entry of their own. */
  readonly unseen: number;
}

export type FromRecorder =
  | Ready
  | { readonly type: "state"; readonly state: HistoryState }
  | { readonly type: "notice"; readonly text: string }
  | { readonly type: "stopped" };
