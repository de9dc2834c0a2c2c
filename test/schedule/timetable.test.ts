import { expect, test } from "bun:test";
import fc from "fast-check";
import { Timetable } from "../../src/schedule/timetable.ts";

/** Near each other, and beyond what the timetable has room for at first. */
const anySlot = fc.oneof(fc.nat(30), fc.integer({ min: 1000, max: 5000 }));

test("slots come out in the order of their due times, whatever was planned, moved and removed", () => {
  const commands = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("set" as const), slot: anySlot, due: fc.nat(1000) }),
      fc.record({ kind: fc.constant("remove" as const), slot: anySlot, due: fc.constant(0) }),
      fc.record({ kind: fc.constant("take" as const), slot: anySlot, due: fc.nat(1000) }),
    ),
    { maxLength: 200, size: "max" },
  );
  fc.assert(
    fc.property(commands, (steps) => {
      const timetable = new Timetable();
      const model = new Map<number, number>();
      for (const { kind, slot, due } of steps) {
        if (kind === "set") {
          timetable.set(slot, due);
          model.set(slot, due);
        } else if (kind === "remove") {
          timetable.remove(slot);
          model.delete(slot);
        } else {
          const [soonest] = [...model.values()].sort((a, b) => a - b);
          const next = timetable.take(due);
          expect(next?.dueMs ?? null).toBe(
            soonest !== undefined && soonest <= due ? soonest : null,
          );
          if (next !== null) {
            expect(model.get(next.slot)).toBe(next.dueMs);
            model.delete(next.slot);
          }
        }
        expect(timetable.dueMs(slot)).toBe(model.get(slot) ?? null);
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

test("a fleet that grows far beyond its first room keeps every plan", () => {
  const timetable = new Timetable();
  const model = new Map<number, number>();
  // A permutation of 5,000 slots up to 100,000, half of them moved and a third taken away again.
  for (let index = 0; index < 5000; index += 1) {
    const slot = (index * 7919) % 100_003;
    timetable.set(slot, (index * 104_729) % 65_521);
    model.set(slot, (index * 104_729) % 65_521);
  }
  for (const [index, slot] of [...model.keys()].entries()) {
    if (index % 2 === 0) {
      timetable.set(slot, index);
      model.set(slot, index);
    }
    if (index % 3 === 0) {
      timetable.remove(slot);
      model.delete(slot);
    }
  }
  for (const [slot, dueMs] of model) expect(timetable.dueMs(slot)).toBe(dueMs);
  const taken: number[] = [];
  for (let next = timetable.take(65_521); next !== null; next = timetable.take(65_521)) {
    taken.push(next.dueMs);
  }
  expect(taken).toEqual([...model.values()].sort((a, b) => a - b));
});

test("a slot that is not due yet stays in the timetable", () => {
  const timetable = new Timetable();
  timetable.set(1, 100);
  expect(timetable.take(99)).toBeNull();
  expect(timetable.take(100)).toEqual({ slot: 1, dueMs: 100 });
  expect(timetable.take(1000)).toBeNull();
});
