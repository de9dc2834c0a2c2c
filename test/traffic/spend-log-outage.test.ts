import { expect, test } from "bun:test";
import { createDedupe } from "../../src/traffic/dedupe.ts";
import type { Intake } from "../../src/traffic/intake.ts";
import { catchUpMs, followSpendLogs } from "../../src/traffic/spend-logs.ts";
import { eventually, freePort } from "../servers/process.ts";

test("an outage of more than an hour is told once, however often the database is asked again", async () => {
  const notices: string[] = [];
  let rounds = 0;
  let nowMs = 0;
  const wallMs = () => {
    nowMs += catchUpMs * 2;
    return nowMs;
  };
  const nobody: Intake = { take: () => "counted", isKnown: () => false, reject: () => {} };
  const spendLogs = followSpendLogs({
    settings: {
      url: `postgres://127.0.0.1:${await freePort()}/none`,
      intervalMs: 10,
      latenessMs: 1000,
      timeoutMs: 1000,
    },
    intake: nobody,
    dedupe: createDedupe({ spanMs: 1000, keysMax: 10, wallMs: () => 0, saved: null }),
    clock: { wallMs, monotonicMs: () => 0 },
    followedMs: 0,
    onRound: () => {
      rounds += 1;
    },
    onNotice: (text) => notices.push(text),
  });
  try {
    await eventually("it was asked twice", () => rounds === 2);
    expect(notices.filter((text) => text.includes("more than an hour"))).toHaveLength(1);
  } finally {
    spendLogs.stop();
  }
}, 60_000);
