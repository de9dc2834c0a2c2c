// Rounds of which a test moves time, timers and answers by hand.

import type { Outcome } from "../../src/probe/outcome.ts";
import type { Deployment, ProbePlan, Rung } from "../../src/registry/deployment.ts";
import { batchOf } from "../../src/schedule/assignment.ts";
import type { LaneLimits } from "../../src/schedule/lanes.ts";
import {
  createRounds,
  type RoundsOptions,
  type SchedulePolicy,
} from "../../src/schedule/rounds.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { createSpending, spentOn } from "../../src/table/spending.ts";
import { createTable } from "../../src/table/table.ts";
import { nothingMeasured } from "../../src/transport/transport.ts";
import { target } from "../probe/target.ts";

const price = { inputUsdPerToken: 1e-6, outputUsdPerToken: 2e-6, source: "config" as const };

function outcome(outcomeClass: OutcomeClass, retryAfterMs: number | null): Outcome {
  return {
    class: outcomeClass,
    httpStatus: 200,
    text: outcomeClass,
    retryAfterMs,
    usage: { promptTokens: 10, completionTokens: 5 },
    phases: { ...nothingMeasured(3).phases, connectMs: 1, firstByteMs: 2 },
    peer: nothingMeasured(0).peer,
  };
}

export function deployment(slot: number, host = "h"): Deployment {
  return {
    key: `k${slot}`,
    modelId: `${slot}`,
    modelName: "g",
    model: "openai/x",
    provider: "openai",
    mode: "chat",
    apiBase: null,
    target: target({ model: `${slot}` }),
    problem: null,
    skipped: null,
    intervalMs: 1000,
    deadlines: { connectMs: 1, firstByteMs: 1, totalMs: 1 },
    lanes: { provider: "openai", host, key: "k" },
    price,
    plan: paidOnly,
  };
}

export const paidOnly: ProbePlan = {
  rung: "completion",
  hasFree: false,
  paidIntervalMs: 60_000,
  tokensPerDay: null,
  usdPerDay: null,
};

export const wide: LaneLimits = {
  thread: 100,
  provider: { openai: 100 },
  host: { h: 100, hung: 100 },
  key: { k: 100 },
};

interface Given {
  readonly slot: number;
  readonly deployment: Deployment;
  readonly firstDelayMs: number;
  readonly gridDelayMs: number;
}

function copyOf(row: Row): Row {
  return {
    ...row,
    classCounts: row.classCounts.slice(),
    latencyBuckets: row.latencyBuckets.slice(),
  };
}

/** Rounds with time, timers and answers moved by hand. */
export function startRounds(
  limits: LaneLimits = wide,
  ratePerSecond = 1_000_000,
  random = () => 0.5,
  policy: Partial<SchedulePolicy> = {},
) {
  let nowMs = 0;
  const waiting = new Set<{ callback: () => void; atMs: number }>();
  const rows = new Map<number, Row>();
  const pending: {
    readonly slot: number;
    readonly key: string;
    readonly askedMs: number;
    readonly rung: Rung;
    answer: (
      outcomeClass: OutcomeClass,
      retryAfterMs?: number,
      more?: Partial<Outcome>,
    ) => Promise<void>;
  }[] = [];
  const started: { latenessMs: number; queuedMs: number }[] = [];
  const held: { name: string; forMs: number }[] = [];
  const refused: { slot: number; text: string }[] = [];
  const table = createTable(1);
  const add = createSpending(table);
  const spending: RoundsOptions["spending"] = { on: (day) => spentOn(table, day), add };
  let inFlight = 0;
  let inFlightMost = 0;
  const options: RoundsOptions = {
    ask: ({ target: asked, lanes }) =>
      new Promise((resolve) => {
        inFlight += 1;
        inFlightMost = Math.max(inFlightMost, inFlight);
        pending.push({
          slot: Number(asked.model),
          key: lanes.key,
          askedMs: nowMs,
          rung: asked.rung,
          async answer(outcomeClass, retryAfterMs, more) {
            inFlight -= 1;
            const answered = { ...outcome(outcomeClass, retryAfterMs ?? null), ...more };
            resolve({ outcome: answered, adapted: null });
            await settled();
          },
        });
      }),
    writer: {
      write: (slot, row) => void rows.set(slot, copyOf(row)),
      take() {},
      claim() {},
      writeBytes() {},
      bytes: () => new Uint8Array(),
      claimBytes() {},
      relabel() {},
      repair: () => false,
    },
    readRow: (slot, row) => void Object.assign(row, copyOf(rows.get(slot) ?? emptyRow())),
    policy: {
      rise: 2,
      fall: 3,
      degradedLimitMs: 60_000,
      confirmIntervalMs: 100,
      unhealthyIntervalMs: 500,
      backoffMaxMs: 4000,
      jitterRatio: 0,
      ratePerSecond,
      tokensPerDay: null,
      usdPerDay: null,
      ...policy,
    },
    spending,
    onRefused: (slot, text) => void refused.push({ slot, text }),
    limits,
    gauge: {
      queued() {},
      inFlight() {},
      started: (latenessMs, queuedMs) => void started.push({ latenessMs, queuedMs }),
      completed() {},
    },
    onHold: (name, forMs) => void held.push({ name, forMs }),
    clock: { wallMs: () => 1_000_000 + nowMs, monotonicMs: () => nowMs },
    timers: {
      set(callback, delayMs) {
        const timer = { callback, atMs: nowMs + delayMs };
        waiting.add(timer);
        return timer;
      },
      clear: (timer) => void waiting.delete(timer as { callback: () => void; atMs: number }),
    },
    random,
  };
  const rounds = createRounds(options);
  return {
    rounds: {
      ...rounds,
      assign: (given: readonly Given[]) =>
        rounds.assign(
          batchOf(
            given.map(({ deployment: { target: asked, ...rest }, ...delays }) => {
              if (asked === null) throw new Error("it cannot be asked");
              const { lanes, deadlines, price, plan, intervalMs } = rest;
              return {
                ...delays,
                definition: { target: asked, lanes, deadlines, price, plan, intervalMs },
              };
            }),
          ),
        ),
    },
    rows,
    pending,
    started,
    held,
    refused,
    spending,
    inFlightMost: () => inFlightMost,
    hasTimer: () => waiting.size > 0,
    /** The event loop does not run before then: timers come late. */
    async oversleepTo(ms: number) {
      nowMs = ms;
      await this.advanceTo(ms);
    },
    async advanceTo(ms: number) {
      for (;;) {
        const [due] = [...waiting].filter(({ atMs }) => atMs <= ms).sort((x, y) => x.atMs - y.atMs);
        if (due === undefined) break;
        waiting.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.callback();
        await settled();
      }
      nowMs = ms;
    },
    take(slot: number) {
      const index = pending.findIndex((one) => one.slot === slot);
      const [found] = index < 0 ? [] : pending.splice(index, 1);
      if (found === undefined) throw new Error(`slot ${slot} is not being asked`);
      return found;
    },
  };
}

/** Lets everything run that only waits for promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

export const assigned = (slots: number[], host?: string) =>
  slots.map((slot) => ({
    slot,
    deployment: deployment(slot, host),
    firstDelayMs: slot,
    gridDelayMs: 1000,
  }));
