import { expect, test } from "bun:test";
import { wireOnRequest } from "../../src/cli/on-request.ts";
import { systemClock } from "../../src/clock.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { createReader } from "../../src/table/reader.ts";
import { createTable } from "../../src/table/table.ts";

test("other replicas get what was asked here before everything that hangs has ended", async () => {
  const table = createTable(1);
  const drained = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const fleet = { drain: () => drained.promise, probe() {}, obey: () => false };
  const onRequest = wireOnRequest({
    ...{ table, reader: createReader(table), registry: createRegistry(), clock: systemClock },
    // Of the fleet nothing else is used here.
    fleet: fleet as unknown as Fleet,
    config: () => {
      throw new Error("nobody asks for it");
    },
    leave: async () => left.resolve(),
  });
  let isStopped = false;
  const stopped = onRequest.stopProbing(60_000).then(() => {
    isStopped = true;
  });
  await left.promise;
  expect(isStopped).toBe(false);
  drained.resolve();
  await stopped;
});
