// What is kept of deployments between two scrapes never shows: over a real table and registry, whatever changes in between.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { writeDeploymentLines } from "../../src/metrics/deployment-lines.ts";
import { createKeptDeployments, type KeptDeployments } from "../../src/metrics/kept-deployments.ts";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable, growTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { deployment as anyDeployment } from "../schedule/rounds-by-hand.ts";

const fleetMax = 6;
const probed = fc.record({
  place: fc.nat(fleetMax - 1),
  state: fc.nat(3),
  lastCheckMs: fc.nat(2),
  latencyMicros: fc.nat(5),
  consecutiveFailures: fc.nat(3),
  certificateEndMs: fc.nat(1),
});
const reloaded = fc.record({
  deployments: fc.uniqueArray(
    fc.record({ key: fc.nat(9), modelId: fc.constantFrom("a", "b", 'ü"\n') }),
    { maxLength: fleetMax, selector: ({ key }) => key },
  ),
});

/** Deployments in a table, as the fleet puts them there. */
function fleetInTable(slots: number) {
  const table = createTable(slots);
  growTable(table, slots);
  const registry = createRegistry();
  const reader = createReader(table);
  const writer = createWriter(table);
  return {
    registry,
    kept: () => createKeptDeployments(registry, reader),
    reload(deployments: readonly { key: number; modelId: string }[]) {
      const { added, removed } = registry.replace(
        deployments.map(({ key, modelId }) => ({ ...anyDeployment(key), modelId })),
      );
      for (const { slot } of removed) writer.claim(slot, 0, emptyRow());
      for (const slot of added) {
        writer.claim(slot, identityOf(registry.at(slot)?.key ?? ""), emptyRow());
      }
    },
    write: writer.write,
  };
}

function textOf(kept: KeptDeployments, slots: readonly number[]): string {
  const pass = kept.begin();
  const lines = writeDeploymentLines();
  for (const slot of slots) if (pass.at(slot) !== null) lines.add(pass.fragments());
  return Buffer.concat(lines.pieces().map((piece) => new Uint8Array(piece))).toString();
}

describe("the series of single deployments", () => {
  test("are in a scrape after others what they would be in a first one", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(probed, reloaded), { maxLength: 30 }), (steps) => {
        const fleet = fleetInTable(2 * fleetMax);
        const kept = fleet.kept();
        for (const step of steps) {
          if ("deployments" in step) fleet.reload(step.deployments);
          else {
            const { place, ...changed } = step;
            const slot = fleet.registry.slots()[place];
            if (slot !== undefined) fleet.write(slot, { ...emptyRow(), ...changed });
          }
          const slots = fleet.registry.slots();
          expect(textOf(kept, slots)).toBe(textOf(fleet.kept(), slots));
        }
      }),
    );
  });

  test("that two deployments of one id have are told apart by a number", () => {
    const fleet = fleetInTable(2);
    fleet.reload([
      { key: 1, modelId: "same" },
      { key: 2, modelId: "same" },
    ]);
    const text = textOf(fleet.kept(), fleet.registry.slots());
    const ids = [...text.matchAll(/^fleetpulse_deployment_info\{model_id="([^"]+)"/gm)];
    expect(ids.map(([, id]) => id)).toEqual(["same", "same#2"]);
  });

  test("are not shown for a slot that another deployment still has", () => {
    const fleet = fleetInTable(1);
    fleet.reload([{ key: 1, modelId: "a" }]);
    const kept = fleet.kept();
    expect(textOf(kept, [0])).toContain('model_id="a"');
    // The registry has the next one already, the table has not.
    fleet.registry.replace([anyDeployment(2)]);
    expect(kept.begin().at(0)).toBeNull();
  });

  test("go on in the next piece where one is full", () => {
    const count = 2000;
    const fleet = fleetInTable(count);
    fleet.reload(Array.from({ length: count }, (_, key) => ({ key, modelId: `id-${key}` })));
    const text = textOf(fleet.kept(), fleet.registry.slots());
    const ids = [...text.matchAll(/^fleetpulse_deployment_info\{model_id="([^"]+)".*\} 1$/gm)];
    expect(ids.map(([, id]) => id)).toEqual(Array.from({ length: count }, (_, n) => `id-${n}`));
  });

  test("of more deployments than are kept are all there, and the last as they are now", () => {
    const count = 16_500;
    const fleet = fleetInTable(count);
    fleet.reload(Array.from({ length: count }, (_, key) => ({ key, modelId: `id-${key}` })));
    const kept = fleet.kept();
    const slots = fleet.registry.slots();
    textOf(kept, slots);
    const last = slots.at(-1) ?? 0;
    fleet.write(last, { ...emptyRow(), state: 3 });
    const text = textOf(kept, slots);
    expect(text.match(/^fleetpulse_deployment_info\{/gm)?.length).toBe(count);
    expect(text).toContain(`fleetpulse_deployment_up{model_id="id-${count - 1}",model_name="g"} 0`);
  });
});
