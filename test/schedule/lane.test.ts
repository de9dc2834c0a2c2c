import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Lane, passThrough } from "../../src/schedule/lane.ts";
import { createAdmission } from "../../src/schedule/lanes.ts";

/** A task that runs until it is ended by hand. */
function taskByHand(name: string, log: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return {
    run: () => {
      log.push(name);
      return promise;
    },
    end: () => resolve(name),
    fail: () => reject(new Error(name)),
  };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("lanes", () => {
  test("a task that finds room begins at once, and what it returns comes back", async () => {
    const log: string[] = [];
    const task = taskByHand("a", log);
    const passed = passThrough([new Lane(1), new Lane(1)], task.run);
    expect(log).toEqual(["a"]);
    task.end();
    expect(await passed).toBe("a");
  });

  test("who waits comes in the order in which they asked, as soon as one leaves", async () => {
    const log: string[] = [];
    const lane = new Lane(1);
    const tasks = ["a", "b", "c"].map((name) => taskByHand(name, log));
    for (const { run } of tasks) void passThrough([lane], run);
    expect(log).toEqual(["a"]);
    tasks[0]?.end();
    await settled();
    expect(log).toEqual(["a", "b"]);
    tasks[1]?.end();
    await settled();
    expect(log).toEqual(["a", "b", "c"]);
  });

  test("one that waits for a narrow lane holds no place in the wide ones behind it", () => {
    const log: string[] = [];
    const [narrow, wide] = [new Lane(1), new Lane(2)];
    void passThrough([narrow, wide], taskByHand("a", log).run);
    void passThrough([narrow, wide], taskByHand("b", log).run);
    void passThrough([wide], taskByHand("c", log).run);
    expect(log).toEqual(["a", "c"]);
  });

  test("a task that fails gives its places back, and its failure is its caller's", async () => {
    const log: string[] = [];
    const lane = new Lane(1);
    const [first, second] = [taskByHand("a", log), taskByHand("b", log)];
    const failed = passThrough([lane], first.run).catch(({ message }: Error) => message);
    void passThrough([lane], second.run);
    first.fail();
    expect(await failed).toBe("a");
    await settled();
    expect(log).toEqual(["a", "b"]);
  });

  test("a task that cannot even begin gives its places back as well", async () => {
    const log: string[] = [];
    const lane = new Lane(1);
    const failed = passThrough([lane], () => {
      throw new Error("never began");
    }).catch(({ message }: Error) => message);
    void passThrough([lane], taskByHand("b", log).run);
    expect(await failed).toBe("never began");
    await settled();
    expect(log).toEqual(["b"]);
  });

  test("a wider bound lets in who waits at once; a narrower one ends nothing that is inside", async () => {
    const log: string[] = [];
    const lane = new Lane(1);
    const tasks = ["a", "b", "c"].map((name) => taskByHand(name, log));
    for (const { run } of tasks) void passThrough([lane], run);
    lane.setLimit(2);
    lane.letIn();
    expect(log).toEqual(["a", "b"]);
    lane.setLimit(1);
    tasks[0]?.end();
    await settled();
    expect(log).toEqual(["a", "b"]);
    tasks[1]?.end();
    await settled();
    expect(log).toEqual(["a", "b", "c"]);
  });

  test("whatever ends in whatever order, no bound is passed, nobody is forgotten and nobody overtakes", async () => {
    const bounds = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 });
    const paths = fc.array(fc.subarray([0, 1, 2], { minLength: 1 }), { maxLength: 24 });
    const picks = fc.infiniteStream(fc.nat());
    await fc.assert(
      fc.asyncProperty(bounds, paths, picks, async (limits, asked, pick) => {
        const lanes = limits.map((limit) => new Lane(limit));
        const inside = limits.map(() => 0);
        const running: { readonly path: readonly number[]; readonly end: () => void }[] = [];
        const begun: number[] = [];
        asked.forEach((path, index) => {
          const through = path.flatMap((at) => lanes[at] ?? []);
          void passThrough(through, () => {
            const { promise, resolve } = Promise.withResolvers<void>();
            begun.push(index);
            for (const at of path) inside[at] = (inside[at] ?? 0) + 1;
            const end = () => {
              for (const at of path) inside[at] = (inside[at] ?? 0) - 1;
              resolve();
            };
            running.push({ path, end });
            expect(inside.every((count, at) => count <= (limits[at] ?? 0))).toBe(true);
            return promise;
          });
        });
        while (running.length > 0) {
          running.splice((pick.next().value ?? 0) % running.length, 1)[0]?.end();
          await settled();
        }
        expect(begun.toSorted((a, b) => a - b)).toEqual(asked.map((_, index) => index));
        // Those that ask for the same lanes begin in the order in which they asked.
        for (const path of new Set(asked.map(String))) {
          const same = begun.filter((index) => String(asked[index]) === path);
          expect(same).toEqual(same.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});

test("bounds that change together let nobody pass one that has become narrower", async () => {
  const lanes = { key: "k", host: "h", provider: "p" };
  const limits = (thread: number, host: number) => ({
    ...{ thread, provider: { p: 400 }, host: { h: host }, key: { k: 400 } },
  });
  const admission = createAdmission(limits(4, 40));
  const log: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    void admission.admit(lanes, true, taskByHand(String(count), log).run);
  }
  await settled();
  expect(log.length).toBe(1);
  admission.setLimits(limits(400, 4));
  await settled();
  expect(log.length).toBe(4);
});
