import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DeploymentList } from "../../src/registry/deployment-list.ts";
import { batchOf } from "../../src/schedule/assignment.ts";
import {
  type Definition,
  Definitions,
  type KeptDefinition,
  pack,
  packListed,
} from "../../src/schedule/definition.ts";
import { target } from "../probe/target.ts";
import { deployment } from "./rounds-by-hand.ts";

function definition(change: Partial<Definition["target"]> = {}, key = "k"): Definition {
  const { deadlines, price, plan, intervalMs } = deployment(0);
  const lanes = { provider: "openai", host: "h:1", key };
  return { target: target(change), lanes, deadlines, price, plan, intervalMs };
}

function keep(definitions: Definitions, one: Definition): KeptDefinition {
  const { shared, own } = pack(one);
  return { shared: definitions.share(shared), own, known: null };
}

describe("a definition", () => {
  test("that stands in a list is the one of the deployment there", () => {
    const second = { model: "other", baseUrl: "http://127.0.0.1:9/é", apiKey: null };
    const lanes = { provider: "openai", host: "h:2", key: "k" };
    const list = DeploymentList.of([
      deployment(0),
      { ...deployment(1), target: target(second), lanes },
      { ...deployment(2), target: null },
    ]);
    const definitions = new Definitions();
    for (const place of [0, 1]) {
      const packed = packListed(list, place);
      if (packed === null) throw new Error("it can be asked");
      const { shared, own } = packed;
      const kept = { shared: definitions.share(shared), own, known: null };
      const { target, lanes, deadlines, price, plan, intervalMs } = list.at(place);
      const whole = { target, lanes, deadlines, price, plan, intervalMs };
      expect(definitions.of(kept)).toEqual(JSON.parse(JSON.stringify(whole)));
    }
    expect(packListed(list, 2)).toBeNull();
  });

  test("is unpacked as it was packed", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const targets = fc.record({
      model: text,
      baseUrl: text,
      apiKey: fc.option(text),
      headers: fc.dictionary(text, text, { maxKeys: 3 }),
      extraBody: fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }),
      maxTokens: fc.option(fc.nat()),
      prompt: text,
    });
    const definitions = new Definitions();
    fc.assert(
      fc.property(targets, text, (change, key) => {
        const one = definition(change, key);
        expect(definitions.of(keep(definitions, one))).toEqual(JSON.parse(JSON.stringify(one)));
      }),
    );
  });

  test("shares with others all but model, address and key", () => {
    const definitions = new Definitions();
    const kept = Array.from({ length: 100 }, (_, index) =>
      keep(
        definitions,
        definition({ model: `m${index}`, baseUrl: `http://h/${index}`, apiKey: `${index}` }),
      ),
    );
    expect(new Set(kept.map(({ shared }) => shared)).size).toBe(1);
  });

  test("leaves nothing behind when the last that shared it is forgotten", () => {
    const definitions = new Definitions();
    const kept = [
      keep(definitions, definition()),
      keep(definitions, definition({ model: "other" })),
      keep(definitions, definition({ prompt: "another" })),
    ];
    for (const one of kept) definitions.of(one);
    for (const one of kept) definitions.forget(one);
    const before = new Set(kept.map(({ shared }) => shared));
    expect(before.has(keep(definitions, definition()).shared)).toBe(false);
    expect(before.has(keep(definitions, definition({ prompt: "another" })).shared)).toBe(false);
  });

  test("is kept ready to use in a usual fleet, and parsed anew beyond that", () => {
    const definitions = new Definitions();
    const kept = Array.from({ length: 5000 }, (_, index) =>
      keep(definitions, definition({ prompt: `${index}` })),
    );
    const first = kept.map((one) => definitions.of(one));
    const ready = kept.filter((one, index) => definitions.of(one) === first[index]);
    expect(ready).toHaveLength(4096);
    expect(kept.map((one) => definitions.of(one).target.prompt)).toEqual(
      kept.map((_, index) => `${index}`),
    );
    for (const one of kept.slice(0, 100)) definitions.forget(one);
    // There is room again.
    const last = kept.slice(-1);
    const again = last.map((one) => definitions.of(one));
    expect(last.map((one) => definitions.of(one) === again[0])).toEqual([true]);
  });
});

test("a batch carries what many have in common once", () => {
  const { shared, assignments } = batchOf(
    ["a", "b", "c"].map((model, slot) => ({
      slot,
      definition: definition({ model, prompt: model === "c" ? "other" : "ping" }),
      firstDelayMs: slot,
      gridDelayMs: 10 * slot,
    })),
  );
  expect(shared).toHaveLength(2);
  expect(assignments.map((one) => [one.slot, one.shared, one.gridDelayMs])).toEqual([
    [0, 0, 0],
    [1, 0, 10],
    [2, 1, 20],
  ]);
});
