// The time that a deployment is up and down, hour by hour.

import { type State, states } from "../table/row.ts";
import type { Account } from "./account.ts";
import { hourMs, startOf } from "./entries.ts";
import { newRollup } from "./rollup.ts";

const upStates: ReadonlySet<State> = new Set(["healthy", "degraded"]);

/** Adds the time since it was counted last to the hour, by the state that the account stands in. */
export function addTime(account: Account, untilMs: number): void {
  const passedMs = untilMs - account.countedMs;
  if (passedMs <= 0) return;
  const state = states[account.accounted.state] ?? "unknown";
  if (state !== "unknown") {
    account.hour ??= newRollup(startOf(account.countedMs, hourMs));
    if (upStates.has(state)) account.hour.upMs += passedMs;
    else account.hour.downMs += passedMs;
  }
  account.countedMs = untilMs;
}
