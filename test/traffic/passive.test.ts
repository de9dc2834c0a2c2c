import { describe, expect, test } from "bun:test";
import { createPassive, type PassiveReport } from "../../src/traffic/passive.ts";
import type { TrafficClass } from "../../src/traffic/traffic-class.ts";

const startMs = 1_767_323_045_000;

function listening(changes: Partial<Parameters<typeof createPassive>[0]> = {}) {
  let nowMs = startMs;
  const passive = createPassive(
    { fall: 3, failureShare: 0.5, volumeMin: 10, windowMs: 60_000, ...changes },
    () => nowMs,
  );
  return {
    ...passive,
    pass(ms: number) {
      nowMs += ms;
    },
    /** Requests that end now, one a millisecond. */
    note(...classes: TrafficClass[]) {
      for (const one of classes) {
        nowMs += 1;
        passive.note({ slot: 0, modelId: "a" }, one, nowMs);
      }
      return passive.take();
    },
  };
}

const brief = (reports: PassiveReport[]) =>
  reports.map(({ outcome, decided }) => `${outcome}${decided ? "" : "?"}`);

describe("traffic says of a deployment", () => {
  test("that it works, at once and then every few seconds", () => {
    const all = listening();
    expect(brief(all.note("ok"))).toEqual(["ok"]);
    expect(brief(all.note("ok", "ok"))).toEqual([]);
    all.pass(5000);
    expect(brief(all.note("ok"))).toEqual(["ok"]);
  });

  test("that it may be down after one failure, and that it is after so many in a row", () => {
    const all = listening();
    expect(brief(all.note("server_error"))).toEqual(["server_error?"]);
    expect(brief(all.note("server_error"))).toEqual([]);
    const [report] = all.note("timeout");
    expect(report).toMatchObject({ outcome: "timeout_total", decided: true });
    expect(report?.words).toBe(
      "3 requests in a row failed, as the proxy reports: the answer was not complete before the deadline",
    );
  });

  test("nothing where the caller or the proxy is to blame", () => {
    const all = listening();
    expect(all.note("bad_request", "content_filter", "context_window", "guardrail")).toEqual([]);
    expect(all.note("cancelled", "proxy", "other")).toEqual([]);
    all.note("server_error", "server_error", "bad_request");
    expect(brief(all.note("server_error"))).toEqual(["server_error"]);
  });

  test("that it is limited when it is, which is not that it is down", () => {
    const all = listening();
    all.note("rate_limited", "rate_limited");
    expect(brief(all.note("rate_limited"))).toEqual(["rate_limited"]);
  });

  test("that too many of its requests fail, when there are enough of them", () => {
    const all = listening();
    for (let round = 0; round < 4; round += 1) all.note("ok", "server_error");
    expect(brief(all.note("ok", "server_error"))).toEqual(["server_error"]);
    // What passes among them does not say that all is well.
    expect(brief(all.note("server_error", "ok"))).toEqual([]);
  });

  test("that all is well again when the failures have left the window", () => {
    const all = listening({ volumeMin: 2 });
    expect(brief(all.note("ok", "server_error"))).toEqual(["server_error"]);
    all.pass(61_000);
    expect(brief(all.note("ok"))).toEqual(["ok"]);
  });

  test("a suspicion every half a minute at most: each costs a probe", () => {
    const all = listening();
    let suspicions = 0;
    for (let second = 0; second < 60; second += 1) {
      for (const { decided } of all.note("ok", "ok", "ok", "server_error")) {
        if (!decided) suspicions += 1;
      }
      all.pass(1000);
    }
    expect(suspicions).toBe(2);
  });

  test("nothing by what ended long ago", () => {
    const passive = createPassive(
      { fall: 1, failureShare: 1, volumeMin: 1, windowMs: 60_000 },
      () => startMs,
    );
    passive.note({ slot: 0, modelId: "a" }, "server_error", startMs - 301_000);
    expect(passive.take()).toEqual([]);
  });

  test("no more than it knows when clocks differ: a request of the future ended now", () => {
    const passive = createPassive(
      { fall: 1, failureShare: 1, volumeMin: 1, windowMs: 60_000 },
      () => startMs,
    );
    passive.note({ slot: 0, modelId: "a" }, "ok", startMs + 90_000);
    expect(passive.take()).toMatchObject([{ atMs: startMs }]);
  });
});
