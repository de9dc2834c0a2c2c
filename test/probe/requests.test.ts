import { expect, test } from "bun:test";
import { createRequests } from "../../src/probe/requests.ts";
import { target } from "./target.ts";

test("the request of a target is made once", () => {
  const requestOf = createRequests();
  const subject = target();
  expect(requestOf(subject)).toBe(requestOf(subject));
});

test("a target that was changed has a request of its own", () => {
  const requestOf = createRequests();
  const subject = target();
  const before = requestOf(subject).body;
  const adapted = { ...subject, tokenField: "max_completion_tokens" as const };
  expect(JSON.parse(requestOf(adapted).body ?? "")).toMatchObject({ max_completion_tokens: 16 });
  expect(requestOf(subject).body).toBe(before);
});

test("of more targets than are kept those that came first keep theirs, and the others' are made anew", () => {
  const requestOf = createRequests();
  const subjects = Array.from({ length: 4097 }, (_, index) => target({ model: `m${index}` }));
  const made = subjects.map((subject) => requestOf(subject));
  const again = subjects.map((subject) => requestOf(subject));
  expect(again[0]).toBe(made[0]);
  expect(again[4096]).not.toBe(made[4096]);
  expect(again[4096]?.body).toBe(made[4096]?.body ?? "");
});
