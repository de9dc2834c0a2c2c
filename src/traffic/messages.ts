// The closed list of what the main thread and the traffic thread say to each other. Numbers go through shared memory (see counters.ts).

import type { Ready } from "../threads/ready.ts";
import type { Encoding } from "./batch.ts";
import type { ShapeSettings } from "./counter-shape.ts";
import type { SavedDedupe } from "./dedupe.ts";
import type { PassiveReport, PassiveSettings } from "./passive.ts";
import type { KnownSeries } from "./series.ts";
import type { SpendLogSettings, SpendLogState } from "./spend-logs.ts";

export interface TrafficSettings extends ShapeSettings {
  readonly teamLabels: boolean;
  readonly keyLabels: boolean;
  readonly seriesMax: number;
  readonly bytesMax: number;
  /** Null says nothing of health. */
  readonly passive: PassiveSettings | null;
  /** Null follows none. */
  readonly spendLogs: SpendLogSettings | null;
  /** Where the position in them is kept; null keeps none. */
  readonly positionFile: string | null;
}

/** What the thread is born with. */
export interface TrafficStart {
  readonly settings: TrafficSettings;
  readonly counters: SharedArrayBuffer;
  /** Series that an earlier thread gave out. */
  readonly known: readonly KnownSeries[];
  /** What an earlier thread had counted, in the memory where it left it; null for the first. */
  readonly remembered: SavedDedupe | null;
  /** How far it had followed spend logs. */
  readonly followedMs: number | null;
}

/** The body of a callback as it came. */
export interface CallbackBody {
  readonly bytes: SharedArrayBuffer;
  readonly length: number;
  readonly encoding: Encoding;
}

/** What became of a body: JSON for the client, or why it was not taken. */
export type CallbackEnd =
  | { readonly text: string }
  | { readonly refused: "too large" | "unreadable" | "busy"; readonly message: string };

export type ToTraffic =
  /** A piece of the list of deployments, as JSON (`Member[]`); with the last one the whole list holds. */
  | {
      readonly type: "follow";
      readonly members: string;
      readonly first: boolean;
      readonly last: boolean;
    }
  | { readonly type: "take"; readonly ticket: number; readonly body: CallbackBody }
  /** Write down what there is; answered by `stopped`. */
  | { readonly type: "stop" };

export type FromTraffic =
  | Ready
  | { readonly type: "taken"; readonly ticket: number; readonly end: CallbackEnd }
  | { readonly type: "added"; readonly added: KnownSeries }
  | { readonly type: "removed"; readonly series: number }
  /** What was counted is remembered in this memory from now on. */
  | { readonly type: "remembers"; readonly remembered: SavedDedupe }
  | { readonly type: "passive"; readonly reports: readonly PassiveReport[] }
  /** Also the heartbeat. */
  | { readonly type: "state"; readonly spendLogs: SpendLogState | null }
  | { readonly type: "notice"; readonly text: string }
  | { readonly type: "stopped" };
