// What a request can set in motion: probes now, a test of a deployment that is not saved, the end of probing. The routes
// hand on and wait, with a deadline; other requests notice nothing.

import type { CheckEnd, CheckOrder, CheckRefusal } from "../fleet/checks.ts";
import type { Trial, TrialEnd } from "../fleet/trials.ts";
import type { CallbackBody, CallbackEnd } from "../traffic/messages.ts";

export interface OnRequest {
  /** Has these asked; resolves when nothing is pending, at the deadline, or when `gone` says that nobody waits any more. */
  check(order: CheckOrder, gone: AbortSignal): Promise<CheckEnd | CheckRefusal>;
  /** Checks that wait for answers. */
  checksWaiting(): number;
  /** Has a deployment that is not saved asked once. */
  test(trial: Trial): Promise<TrialEnd>;
  /** Has the body of a callback counted. */
  count(body: CallbackBody): Promise<CallbackEnd>;
  /** Takes this process out of service (see drain.ts); resolves with the number of requests that were let end. */
  drain(): Promise<number>;
}
