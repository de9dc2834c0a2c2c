// The closed list of what the main thread and a prober thread say to each other. Everything that changes
// often (statuses, counters, heartbeats) goes through the table instead.

import type { Issued } from "../logins/credential.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Subject } from "../probe/probe.ts";
import type { Login } from "../registry/login/login.ts";
import type { AssignmentBatch } from "../schedule/assignment.ts";
import type { HoldLeft } from "../schedule/holds.ts";
import type { LaneLimits } from "../schedule/lanes.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { SchedulePolicy } from "../schedule/rounds.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import type { TableHandle } from "../table/table.ts";
import type { Ready } from "../threads/ready.ts";

/** What a thread is born with. */
export interface ThreadStart {
  readonly table: TableHandle;
  readonly thread: number;
  readonly generation: number;
}

export type ToThread =
  /** From now on these hold; the limits are this thread's part of every bound. Comes before the first `assign`. */
  | {
      readonly type: "bounds";
      readonly limits: LaneLimits;
      readonly policy: SchedulePolicy;
      readonly responseBytesMax: number;
      readonly keepAliveMs: number;
      /** What providers wanted left alone before, for a thread that was not there to hear it. */
      readonly holds: readonly HoldLeft[];
    }
  /** Take these over. */
  | { readonly type: "assign"; readonly batch: AssignmentBatch }
  /** Let these go; answered by `released` when none of them is in flight. */
  | { readonly type: "release"; readonly slots: readonly number[]; readonly ticket: number }
  /** Ask these now, each once; the table tells what came of it. */
  | { readonly type: "probe"; readonly slots: readonly number[]; readonly wanted: Wanted }
  /** Another thread was asked to leave this key alone for so long (see holds.ts). */
  | { readonly type: "hold"; readonly name: string; readonly forMs: number }
  /** What real requests said of these. */
  | { readonly type: "passive"; readonly outcomes: readonly PassiveOutcome[] }
  /** Ask a deployment that has no slot, once; answered by `tested`. */
  | {
      readonly type: "test";
      readonly subject: Subject;
      readonly responseBytesMax: number;
      readonly ticket: number;
    }
  /** What a login came to, by the login's id: a thread that replaced the one that asked may take it for its own. */
  | { readonly type: "issued"; readonly id: string; readonly issued: Issued }
  /** Stop asking; answered by `drained` when nothing is in flight. */
  | { readonly type: "drain"; readonly ticket: number };

export type FromThread =
  | Ready
  | { readonly type: "released"; readonly ticket: number }
  | { readonly type: "tested"; readonly ticket: number; readonly outcome: Outcome }
  /** A provider wants this key left alone for so long, by whatever thread. */
  | { readonly type: "held"; readonly name: string; readonly forMs: number }
  /** Wants the credential of a login; `refused` is the serial of the one that a provider refused. Answered by `issued`. */
  | { readonly type: "login"; readonly login: Login; readonly refused: string | null }
  /** A provider refuses the probe itself. */
  | { readonly type: "refused"; readonly slot: number; readonly text: string }
  | { readonly type: "drained"; readonly ticket: number };
