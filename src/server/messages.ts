// The closed list of what the main thread and the serving thread say to each other. Statuses of deployments go through the
// table; the serving thread asks for what needs more than memory, and asks the recorder over a port of their own.

import type { MessagePort } from "node:worker_threads";
import type { CheckEnd, CheckOrder, CheckRefusal } from "../fleet/checks.ts";
import type { Trial, TrialEnd } from "../fleet/trials.ts";
import type { HistoryState } from "../history/messages.ts";
import type { Exposition, Form } from "../metrics/metrics.ts";
import type { Serving } from "../metrics/sources.ts";
import type { TableHandle } from "../table/table.ts";
import type { Ready } from "../threads/ready.ts";
import type { CallbackBody, CallbackEnd } from "../traffic/messages.ts";
import type { ClusterShown } from "./cluster-shown.ts";
import type { Connection } from "./condition.ts";
import type { ServiceView } from "./context.ts";
import type { SettingsMessage } from "./serving-settings.ts";

/** What the thread is born with. */
export interface ServerStart {
  readonly table: TableHandle;
  /** Two words that count: the serving thread's heartbeats, and the main thread's. */
  readonly beats: SharedArrayBuffer;
  readonly version: string;
  /** Of the durations of answers; null leaves their own. */
  readonly latencyBuckets: readonly number[] | null;
}

export const beatOf = { server: 0, main: 1 } as const;

/** All that the routes show and that is not in the table. Small: it is sent whole when any of it changes. */
export interface ServerState {
  readonly database: Connection;
  readonly databaseInitialized: boolean;
  readonly redis: Connection | "not_configured";
  readonly threads: readonly { readonly thread: number; readonly alive: boolean }[];
  readonly allThreadsReady: boolean;
  readonly litellmVersion: string;
  readonly services: {
    readonly database: ServiceView;
    readonly redis: ServiceView;
    readonly proxy: ServiceView | null;
  };
  /** Null when no history is kept. */
  readonly history: HistoryState | null;
  readonly configured: boolean;
  /** Deployments whose probe is overdue. */
  readonly stale: number;
  /** Null without a cluster. */
  readonly cluster: ClusterShown | null;
}

export type Ask =
  | {
      readonly kind: "metrics";
      readonly form: Form;
      readonly serving: Serving;
    }
  | { readonly kind: "check"; readonly order: CheckOrder }
  | { readonly kind: "test"; readonly trial: Trial }
  | { readonly kind: "count"; readonly body: CallbackBody }
  | { readonly kind: "stop probing"; readonly timeoutMs: number };

/** What comes back, by the kind of question. */
export interface Answers {
  readonly metrics: Exposition;
  readonly check: CheckEnd | CheckRefusal;
  readonly test: TrialEnd;
  readonly count: CallbackEnd;
  readonly "stop probing": { readonly stopped: true };
}

export type ToServer =
  | { readonly type: "settings"; readonly settings: SettingsMessage; readonly drainMs: number }
  | { readonly type: "state"; readonly state: ServerState }
  /** A piece of the list of deployments, as JSON (`Listing[]`); with the last one the whole list holds. */
  | {
      readonly type: "directory";
      readonly listings: string;
      readonly first: boolean;
      readonly last: boolean;
    }
  /** Over this port the recorder that runs now is asked; null while none runs. */
  | { readonly type: "history"; readonly port: MessagePort | null }
  | { readonly type: "listen"; readonly hostname: string; readonly port: number }
  | {
      readonly type: "answer";
      readonly ticket: number;
      readonly answer: Answers[keyof Answers] | null;
    }
  | { readonly type: "announce shutdown" }
  | { readonly type: "stop" };

export type FromServer =
  | Ready
  | { readonly type: "listening"; readonly url: string }
  /** It cannot listen; the text is for the person who started it. */
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "ask"; readonly ticket: number; readonly ask: Ask }
  /** Nobody waits for the answer any more. */
  | { readonly type: "gone"; readonly ticket: number }
  | { readonly type: "fault"; readonly text: string }
  | { readonly type: "stopped" };

/** Deployments in one message. */
export const listingsMax = 250;
