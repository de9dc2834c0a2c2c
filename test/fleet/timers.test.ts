import { expect, test } from "bun:test";
import { join } from "node:path";

/** The one of the timetable, that of all deadlines, and what a beat or a look sets besides. */
const handful = 5;

test("a thread holds a handful of timers, however many deployments it has planned and in flight", async () => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "timers.ts")], {
    stdout: "pipe",
  });
  const { idle, busy, ended } = JSON.parse(await new Response(child.stdout).text()) as Record<
    "idle" | "busy" | "ended",
    number
  >;
  expect(busy).toBeLessThanOrEqual((idle ?? 0) + handful);
  expect(ended).toBeLessThanOrEqual((idle ?? 0) + handful);
}, 60_000);
