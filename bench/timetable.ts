// The timetable's heap against a binary heap with a Map of places and against a hierarchical timing wheel: the cost of one probe (look,
// take, plan again) and of moving a plan.

import { Timetable } from "../src/schedule/timetable.ts";
import { median } from "./processes.ts";
import { say } from "./report.ts";
import { BinaryHeap } from "./timetable/binary-heap.ts";
import { TimingWheel } from "./timetable/timing-wheel.ts";

type Kind = Pick<Timetable, "set" | "take" | "nextDueMs">;

const kinds: Readonly<Record<string, () => Kind>> = {
  "heap of four, typed arrays": () => new Timetable(),
  "binary heap, places in a Map": () => new BinaryHeap(),
  "hierarchical timing wheel": () => new TimingWheel(),
};

/** A stream of numbers in [0, 1) that is the same in every run. */
function draws(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function measure(timetable: Kind, count: number): { probeNs: number; moveNs: number } {
  const draw = draws();
  // Ten probes a millisecond at most.
  const intervalMs = Math.max(10_000, count / 10);
  for (let slot = 0; slot < count; slot += 1) timetable.set(slot, draw() * intervalMs);
  let nowMs = 0;
  const ask = (probes: number) => {
    for (let asked = 0; asked < probes; nowMs += 1) {
      while ((timetable.nextDueMs() ?? Number.POSITIVE_INFINITY) <= nowMs) {
        const due = timetable.take(nowMs);
        if (due === null) break;
        asked += 1;
        timetable.set(due.slot, due.dueMs + intervalMs * (0.95 + 0.1 * draw()));
      }
    }
  };
  const probes = 500_000;
  ask(100_000);
  const startNs = Bun.nanoseconds();
  ask(probes);
  const askedNs = Bun.nanoseconds();
  for (let move = 0; move < probes; move += 1) {
    timetable.set(Math.floor(draw() * count), nowMs + draw() * intervalMs);
  }
  return { probeNs: (askedNs - startNs) / probes, moveNs: (Bun.nanoseconds() - askedNs) / probes };
}

export async function timetable(): Promise<void> {
  // Once for the compiler.
  for (const create of Object.values(kinds)) measure(create(), 1000);
  for (const count of [1000, 10_000, 100_000, 1_000_000]) {
    const results = Object.keys(kinds).map(() => [] as ReturnType<typeof measure>[]);
    for (let round = 0; round < 3; round += 1) {
      for (const [index, create] of Object.values(kinds).entries()) {
        results[index]?.push(measure(create(), count));
      }
    }
    for (const [index, name] of Object.keys(kinds).entries()) {
      const measured = results[index] ?? [];
      const probeNs = median(measured.map((one) => one.probeNs)).toFixed(0);
      const moveNs = median(measured.map((one) => one.moveNs)).toFixed(0);
      say(`${name}, ${count.toLocaleString("en")}: a probe / a move`, `${probeNs} / ${moveNs} ns`);
    }
  }
}
