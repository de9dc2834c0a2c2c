import { expect, test } from "bun:test";
import fc from "fast-check";
import { Timetable } from "../../src/schedule/timetable.ts";

test("slots come out in the order of their due times, whatever was planned, moved and removed", () => {
  const commands = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("set" as const), slot: fc.nat(30), due: fc.nat(1000) }),
      fc.record({ kind: fc.constant("remove" as const), slot: fc.nat(30), due: fc.constant(0) }),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(commands, (steps) => {
      const timetable = new Timetable();
      const model = new Map<number, number>();
      for (const { kind, slot, due } of steps) {
        if (kind === "set") {
          timetable.set(slot, due);
          model.set(slot, due);
        } else {
          timetable.remove(slot);
          model.delete(slot);
        }
        expect(timetable.size).toBe(model.size);
        expect(timetable.nextDueMs()).toBe(model.size === 0 ? null : Math.min(...model.values()));
      }
      const taken: number[] = [];
      for (let next = timetable.take(1000); next !== null; next = timetable.take(1000)) {
        expect(model.get(next.slot)).toBe(next.dueMs);
        taken.push(next.dueMs);
      }
      expect(taken).toEqual([...model.values()].sort((a, b) => a - b));
    }),
  );
});

test("a slot that is not due yet stays in the timetable", () => {
  const timetable = new Timetable();
  timetable.set(1, 100);
  expect(timetable.take(99)).toBeNull();
  expect(timetable.take(100)).toEqual({ slot: 1, dueMs: 100 });
  expect(timetable.take(1000)).toBeNull();
});
