import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Deployment } from "../../src/registry/deployment.ts";
import { DeploymentList, packDeployments } from "../../src/registry/deployment-list.ts";
import { target } from "../probe/target.ts";

const text = fc.string({ unit: "binary", maxLength: 40 }).map((one) => one.toWellFormed());
const textOrNull = fc.option(text);

const deployments: fc.Arbitrary<Deployment[]> = fc.array(
  fc.record({
    key: text,
    modelId: text,
    modelName: text,
    model: text,
    provider: fc.constantFrom("openai", "azure"),
    mode: fc.constantFrom("chat" as const, "embedding" as const),
    apiBase: textOrNull,
    target: fc.option(
      fc
        .record({
          model: text,
          baseUrl: text,
          apiKey: textOrNull,
          extraBody: fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 2 }),
        })
        .map((changes) => ({ ...target(), ...changes })),
    ),
    problem: textOrNull,
    skipped: textOrNull,
    intervalMs: fc.constantFrom(0, 1000),
    deadlines: fc.constant({ connectMs: 1, firstByteMs: 2, totalMs: 3 }),
    lanes: fc.record({ provider: fc.constantFrom("openai", "azure"), host: text, key: text }),
    price: fc.constant({ inputUsdPerToken: 1e-7, outputUsdPerToken: null, source: "config" }),
  }) as fc.Arbitrary<Deployment>,
  { maxLength: 12 },
);

describe("a list of deployments", () => {
  test("gives back every deployment as it was put in", () => {
    fc.assert(
      fc.property(deployments, (given) => {
        const list = DeploymentList.of(given);
        expect(list.length).toBe(given.length);
        for (const [place, one] of given.entries()) {
          expect(list.at(place)).toEqual(one);
          expect(list.keyAt(place)).toBe(one.key);
        }
      }),
    );
  });

  test("gives them back from another thread's message", () => {
    fc.assert(
      fc.property(deployments, (given) => {
        const list = new DeploymentList(structuredClone(packDeployments(given)));
        expect(given.map((_, place) => list.at(place))).toEqual(given);
      }),
    );
  });

  test("knows which are the same in two lists, wherever they stand", () => {
    fc.assert(
      fc.property(deployments, (given) => {
        const list = DeploymentList.of(given);
        const other = DeploymentList.of(given.toReversed());
        for (const place of given.keys()) {
          expect(list.saysSame(place, other, given.length - 1 - place)).toBe(true);
        }
      }),
    );
  });

  test("knows which differ in anything", () => {
    fc.assert(
      fc.property(deployments, deployments, (given, others) => {
        const list = DeploymentList.of(given);
        const other = DeploymentList.of(others);
        for (const [place, one] of given.entries()) {
          for (const [otherPlace, another] of others.entries()) {
            const same = Bun.deepEquals(one, another, true);
            expect(list.saysSame(place, other, otherPlace)).toBe(same);
          }
        }
      }),
    );
  });
});
