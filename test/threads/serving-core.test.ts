import { describe, expect, test } from "bun:test";
import { availableParallelism } from "node:os";
import { isConfined } from "../../src/threads/serving-core.ts";

describe("a core for whoever answers", () => {
  test("is kept free while everything else fits beside it, and given up when it does not", () => {
    expect(isConfined(false, 0.4, 2)).toBe(true);
    expect(isConfined(false, 0.6, 2)).toBe(false);
    expect(isConfined(false, 1.4, 4)).toBe(true);
    expect(isConfined(false, 1.6, 4)).toBe(false);
  });

  test("is not taken and given in turn by work that is just at the bound", () => {
    expect(isConfined(true, 0.6, 2)).toBe(true);
    expect(isConfined(true, 0.8, 2)).toBe(false);
    expect(isConfined(false, 0.7, 2)).toBe(false);
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
