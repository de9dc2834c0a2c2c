import { describe, expect, test } from "bun:test";
import type { Account } from "../../src/history/account.ts";
import { openStanding } from "../../src/history/account.ts";
import { Accounts } from "../../src/history/accounts.ts";
import { hourMs, minuteMs, type Subject } from "../../src/history/entries.ts";
import { newRollup } from "../../src/history/rollup.ts";

const startMs = Date.UTC(2026, 0, 1, 10);

const subjectOf = (key: string, model_name = "group"): Subject => ({
  ...{ key, model_id: `id of ${key}`, model_name },
  ...{ model: "openai/x", provider: "openai" },
});

function following(...keys: string[]) {
  const accounts = new Accounts();
  const gone: Account[] = [];
  const follow = (subjects: readonly Subject[], nowMs = startMs) =>
    accounts.replace(
      subjects,
      nowMs,
      () => null,
      (account) => gone.push(account),
    );
  follow(keys.map((key) => subjectOf(key)));
  /** Makes an account tell from the others. */
  const mark = (key: string, upMs: number) => {
    const place = accounts.placeOf(key) ?? -1;
    const account = accounts.at(place);
    account.hour = { ...newRollup(startMs), upMs };
    accounts.put(place, account);
  };
  const upOf = (key: string) => {
    const place = accounts.placeOf(key);
    return place === null ? null : (accounts.at(place).hour?.upMs ?? 0);
  };
  return { accounts, gone, follow, mark, upOf };
}

describe("accounts of many deployments", () => {
  test("stand in the order of the list, each with its own deployment", () => {
    const { accounts } = following("a", "b", "ä");
    expect(["a", "b", "ä"].map((key) => accounts.placeOf(key))).toEqual([0, 1, 2]);
    expect(accounts.at(2).subject).toEqual(subjectOf("ä"));
    expect(accounts.placeOf("c")).toBeNull();
  });

  test("are told apart when their keys have the same hash", () => {
    const { accounts } = following("deployment-76078", "deployment-121675");
    expect(accounts.placeOf("deployment-121675")).toBe(1);
  });

  test("are changed one at a time", () => {
    const { mark, upOf } = following("a", "b", "c");
    mark("b", 5);
    expect(["a", "b", "c"].map(upOf)).toEqual([0, 5, 0]);
  });

  test("go on under their keys in another list, with what is new of the deployment", () => {
    const { accounts, follow, mark, upOf, gone } = following("a", "b", "c");
    mark("a", 1);
    mark("c", 3);
    follow([subjectOf("c", "renamed"), subjectOf("d"), subjectOf("a")]);
    expect(["c", "d", "a", "b"].map(upOf)).toEqual([3, 0, 1, null]);
    expect(accounts.at(0).subject).toEqual(subjectOf("c", "renamed"));
    expect(gone.map(({ subject }) => subject)).toEqual([subjectOf("b")]);
  });

  test("begin where an earlier process ended", () => {
    const accounts = new Accounts();
    const before = { ...openStanding(startMs), minute: { ...newRollup(startMs), promptTokens: 7 } };
    const known = (key: string) => (key === "a" ? before : null);
    accounts.replace([subjectOf("a"), subjectOf("b")], startMs, known, () => {});
    expect(accounts.at(0)).toEqual({ subject: subjectOf("a"), ...before });
    expect(accounts.at(1).minute).toBeNull();
  });

  test("tell when a minute or an hour is over, also in another list", () => {
    const { accounts, follow } = following("a", "b");
    const account = accounts.at(1);
    account.minute = newRollup(startMs);
    accounts.put(1, account);
    const over = (place: number, afterMs: number) => accounts.isOver(place, startMs + afterMs);
    expect([over(1, minuteMs - 1), over(1, minuteMs)]).toEqual([false, true]);
    expect([over(0, hourMs - 1), over(0, hourMs)]).toEqual([false, true]);
    follow([subjectOf("b"), subjectOf("a")]);
    expect([over(0, minuteMs), over(1, minuteMs)]).toEqual([true, false]);
  });
});
