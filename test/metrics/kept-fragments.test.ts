import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { writeDeploymentLines } from "../../src/metrics/deployment-lines.ts";
import { createKeptFragments, type KeptFragments } from "../../src/metrics/kept-fragments.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import { emptyRow } from "../../src/table/row.ts";
import { deployment as anyDeployment } from "../schedule/rounds-by-hand.ts";

const slotCount = 6;
const modelId = fc.constantFrom("a", "b", 'ü"\n');
const probed = fc.record({
  slot: fc.nat(slotCount - 1),
  state: fc.nat(3),
  lastCheckMs: fc.nat(2),
  latencyMicros: fc.nat(5),
  consecutiveFailures: fc.nat(3),
  certificateEndMs: fc.nat(1),
});
const reloaded = fc.record({ ids: fc.array(modelId, { maxLength: slotCount }) });

describe("the series of single deployments", () => {
  test("are in a scrape after others what they would be in a first one", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(probed, reloaded), { maxLength: 30 }), (steps) => {
        const rows = Array.from({ length: slotCount }, () => ({ sequence: 1, row: emptyRow() }));
        const kept = createKeptFragments();
        let list: Deployment[] = [];
        let generation = 0;
        const textOf = (fragments: KeptFragments) => {
          const scrape = fragments.begin(generation);
          const lines = writeDeploymentLines();
          for (const [slot, deployment] of list.entries()) {
            const { sequence, row } = rows[slot] ?? { sequence: 0, row: emptyRow() };
            lines.add(scrape.of(slot, sequence, deployment, row));
          }
          return Buffer.concat(lines.pieces().map((piece) => new Uint8Array(piece))).toString();
        };
        for (const step of steps) {
          if ("ids" in step) {
            generation += 1;
            list = step.ids.map((id, slot) => ({ ...anyDeployment(slot), modelId: id }));
          } else {
            const { slot, ...changed } = step;
            const before = rows[slot]?.sequence ?? 0;
            rows[slot] = { sequence: before + 1, row: { ...emptyRow(), ...changed } };
          }
          expect(textOf(kept)).toBe(textOf(createKeptFragments()));
        }
      }),
    );
  });

  test("that two deployments of one id have are told apart by a number", () => {
    const scrape = createKeptFragments().begin(1);
    const texts = [0, 1].map((slot) =>
      scrape.of(slot, 1, { ...anyDeployment(slot), modelId: "same" }, emptyRow()).bytes.toString(),
    );
    expect(texts[0]).toContain('model_id="same"');
    expect(texts[1]).toContain('model_id="same#2"');
  });

  test("go on in the next piece where one is full", () => {
    const lines = writeDeploymentLines();
    const scrape = createKeptFragments().begin(1);
    const count = 2000;
    for (let slot = 0; slot < count; slot += 1) {
      lines.add(scrape.of(slot, 1, { ...anyDeployment(slot), modelId: `id-${slot}` }, emptyRow()));
    }
    const text = Buffer.concat(lines.pieces().map((piece) => new Uint8Array(piece))).toString();
    const ids = [...text.matchAll(/^fleetpulse_deployment_info\{model_id="([^"]+)".*\} 1$/gm)];
    expect(ids.map(([, id]) => id)).toEqual(Array.from({ length: count }, (_, n) => `id-${n}`));
  });
});
