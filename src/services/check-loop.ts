// Asks a service at an interval and keeps the report. A check has a hard deadline by a timer of ours, because a frozen link can
// leave a driver's promise pending for ever; the check that is late is told so and forgotten. Never two at once.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import { notYetChecked, type ServiceReport } from "./report.ts";

export interface Check {
  /** One real round trip; rejects when the service does not answer. */
  ask(): Promise<void>;
  /** The last `ask` is late or failed: drop what it holds (a connection), so that the next one starts clean. */
  reset(): void;
  stop(): Promise<void>;
}

export interface CheckTimers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

export interface CheckLoopOptions {
  readonly check: Check;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers?: CheckTimers;
  /** Values that must not appear in an error. */
  readonly secrets: readonly string[];
  readonly engine?: "postgresql" | "sqlite";
}

export interface CheckLoop {
  report(): ServiceReport;
  /** It was connected at least once. */
  wasConnected(): boolean;
  stop(): Promise<void>;
}

/** After a failure a service is looked at again sooner. */
const recheckMs = 1000;
const errorCharactersMax = 160;

const realTimers: CheckTimers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (timer) => clearTimeout(timer as Timer | undefined),
};

export function startCheckLoop(options: CheckLoopOptions): CheckLoop {
  const { check, clock, intervalMs, timeoutMs } = options;
  const timers = options.timers ?? realTimers;
  const engine = options.engine === undefined ? {} : { engine: options.engine };
  let report: ServiceReport = { ...notYetChecked, ...engine };
  let connectedOnce = false;
  let stopped = false;
  let timer: unknown = null;
  let round = 0;

  function begin(): void {
    const startMs = clock.monotonicMs();
    const mine = ++round;
    timer = timers.set(() => settle(mine, startMs, `no answer within ${timeoutMs} ms`), timeoutMs);
    check.ask().then(
      () => settle(mine, startMs, null),
      (error: unknown) => settle(mine, startMs, wordsOf(error)),
    );
  }

  function settle(mine: number, startMs: number, problem: string | null): void {
    if (mine !== round || stopped) return;
    round += 1;
    timers.clear(timer);
    const nowMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    const status = problem === null ? "connected" : "disconnected";
    if (problem !== null) check.reset();
    else connectedOnce = true;
    report = {
      status,
      latencyMs: problem === null ? nowMs - startMs : null,
      lastCheckMs: wallMs,
      lastChangeMs:
        status === report.status && report.lastChangeMs !== null ? report.lastChangeMs : wallMs,
      error: problem === null ? null : clean(problem),
      ...engine,
    };
    const pauseMs = problem === null ? intervalMs : Math.min(recheckMs, intervalMs);
    timer = timers.set(begin, Math.max(0, pauseMs - (nowMs - startMs)));
  }

  function clean(text: string): string {
    return redact(text.replace(/\s+/g, " ").trim(), options.secrets).slice(0, errorCharactersMax);
  }

  begin();
  return {
    report: () => report,
    wasConnected: () => connectedOnce,
    async stop() {
      stopped = true;
      timers.clear(timer);
      await check.stop();
    },
  };
}

function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = typeof message === "string" && message !== "" ? message : "the check failed";
  return typeof code === "string" && !words.includes(code) ? `${code}: ${words}` : words;
}
