import { describe, expect, test } from "bun:test";
import { availableParallelism } from "node:os";
import { createConfinement, type Use } from "../../src/threads/serving-core.ts";

/** What was said at the last of so many looks. */
function afterLooks(count: number, use: Use, confinement = createConfinement()): boolean {
  let last = false;
  for (let look = 0; look < count; look += 1) last = confinement.look(use);
  return last;
}
const quiet: Use = { ran: 0.3, waited: 0.05, cores: 2 };

describe("a core for whoever answers", () => {
  test("is kept free when everything else has fitted beside it for some looks, not before", () => {
    expect(afterLooks(4, quiet)).toBe(false);
    expect(afterLooks(5, quiet)).toBe(true);
    expect(afterLooks(5, { ...quiet, ran: 0.6 })).toBe(false);
    expect(afterLooks(5, { ...quiet, ran: 1.4, cores: 4 })).toBe(true);
    expect(afterLooks(5, { ...quiet, ran: 1.6, cores: 4 })).toBe(false);
  });

  test("is given up at once when the rest does not fit, and not for work that is just at the bound", () => {
    const confinement = createConfinement();
    expect(afterLooks(5, quiet, confinement)).toBe(true);
    expect(confinement.look({ ...quiet, ran: 0.6 })).toBe(true);
    expect(confinement.look({ ...quiet, ran: 0.8 })).toBe(false);
    expect(afterLooks(4, quiet, confinement)).toBe(false);
    expect(confinement.look(quiet)).toBe(true);
  });

  test("is given up where somebody else is on the other cores, so that the rest would have to wait", () => {
    const confinement = createConfinement();
    expect(afterLooks(5, quiet, confinement)).toBe(true);
    expect(confinement.look({ ...quiet, waited: 0.4 })).toBe(false);
    expect(afterLooks(20, { ...quiet, waited: 0.4 })).toBe(false);
  });
});

const script = new URL("./placing.ts", import.meta.url).pathname;
const isPossible = process.platform === "linux" && availableParallelism() > 1;

describe.skipIf(!isPossible)("where the threads of a process may run", () => {
  interface Placed {
    readonly server: number;
    readonly others: number;
    readonly late: number;
  }

  async function placedAfter(...steps: readonly string[]) {
    const child = Bun.spawn([process.execPath, script, ...steps], { stdout: "pipe" });
    return (await new Response(child.stdout).json()) as { all: number; steps: readonly Placed[] };
  }

  test("all but the server's stay off one core while the process is quiet", async () => {
    const { all, steps } = await placedAfter("quiet");
    expect(steps).toEqual([{ server: all, others: all - 1, late: all - 1 }]);
  });

  test("all have all cores while the process is busy, and as soon as much work is announced", async () => {
    const { all, steps } = await placedAfter("quiet", "busy", "quiet", "release");
    const [, busy, , released] = steps;
    expect(busy).toEqual({ server: all, others: all, late: all });
    expect(released).toEqual({ server: all, others: all, late: all });
  });
});
