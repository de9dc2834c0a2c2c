// Asks a service at an interval and keeps the report. A check has a hard deadline by a timer of ours, because a frozen
// link can leave a driver's promise pending for ever; the check that is late is told so and forgotten. Never two at
// once, nothing is awaited by a reader, and after `stop` there is no timer and no connection.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { wordsOfDriver } from "../connection/driver-words.ts";
import { notYetChecked, type ServiceReport } from "./report.ts";

/** How one kind of service is asked. `open` and `ask` may reject or hang; the loop calls `close` then. */
export interface Check {
  /** Makes what `ask` needs, such as a connection, unless it is there. It is not part of the latency. */
  open(signal: AbortSignal): Promise<void>;
  /** One real round trip. */
  ask(signal: AbortSignal): Promise<void>;
  /** Drops at once whatever `open` made, so that the next round starts clean. Must not throw. */
  close(): void;
}

export interface CheckTimers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

export interface CheckLoopOptions {
  readonly check: Check;
  /** From the start of one check to the start of the next, while all is well. */
  readonly intervalMs: number;
  /** Bounds a whole round, from opening a connection to the answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers?: CheckTimers;
  /** Values that must not appear in an error. */
  readonly secrets: readonly string[];
  readonly engine?: "postgresql" | "sqlite";
  /** Called after the first check, and when the status differs from the one before. */
  readonly onChange?: (report: ServiceReport) => void;
}

export interface CheckLoop {
  /** The last known report; from memory. */
  report(): ServiceReport;
  /** It was connected at least once. */
  wasConnected(): boolean;
  stop(): void;
}

/** After a failure a service is looked at again sooner. */
const recheckMs = 1000;
const errorCharactersMax = 160;

const realTimers: CheckTimers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (timer) => clearTimeout(timer as Timer | undefined),
};

/** Begins with a check at once. */
export function startCheckLoop(options: CheckLoopOptions): CheckLoop {
  const { check, clock, intervalMs, timeoutMs } = options;
  const timers = options.timers ?? realTimers;
  const engine = options.engine === undefined ? {} : { engine: options.engine };
  let report: ServiceReport = { ...notYetChecked, ...engine };
  let connectedOnce = false;
  /** The round that runs or ran last; whatever an older one still says is not heard. */
  let current = new AbortController();
  let timer: unknown = null;
  let dueMs = clock.monotonicMs();

  function begin(): void {
    const round = new AbortController();
    current = round;
    timer = timers.set(() => {
      settle(round, { latencyMs: null, error: `no answer within ${timeoutMs} ms` });
    }, timeoutMs);
    roundTrip(round.signal).then(
      (latencyMs) => settle(round, { latencyMs, error: null }),
      (error: unknown) =>
        settle(round, { latencyMs: null, error: clean(wordsOfDriver(error, "the check failed")) }),
    );
  }

  async function roundTrip(signal: AbortSignal): Promise<number> {
    await check.open(signal);
    const startMs = clock.monotonicMs();
    await check.ask(signal);
    return clock.monotonicMs() - startMs;
  }

  function settle(
    round: AbortController,
    result: Pick<ServiceReport, "latencyMs" | "error">,
  ): void {
    if (round.signal.aborted) return;
    timers.clear(timer);
    round.abort();
    const well = result.error === null;
    if (well) connectedOnce = true;
    else check.close();

    const last = report;
    const status = well ? "connected" : "disconnected";
    const changed = last.lastChangeMs === null || status !== last.status;
    const wallMs = clock.wallMs();
    report = {
      status,
      ...result,
      lastCheckMs: wallMs,
      lastChangeMs: changed ? wallMs : last.lastChangeMs,
      ...engine,
    };

    // Planned from the time that was due, not from the time that it became: the pace does not drift.
    const nowMs = clock.monotonicMs();
    dueMs = well ? Math.max(nowMs, dueMs + intervalMs) : nowMs + Math.min(recheckMs, intervalMs);
    timer = timers.set(begin, dueMs - nowMs);
    if (changed) options.onChange?.(report);
  }

  function clean(text: string): string {
    return redact(text.replace(/\s+/g, " ").trim(), options.secrets).slice(0, errorCharactersMax);
  }

  begin();
  return {
    report: () => report,
    wasConnected: () => connectedOnce,
    stop() {
      timers.clear(timer);
      current.abort();
      check.close();
    },
  };
}
