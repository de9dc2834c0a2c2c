import { describe, expect, test } from "bun:test";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { deployment } from "./deployment.ts";

describe("the registry", () => {
  test("keeps the slots of deployments that stay, whatever their order", () => {
    const registry = createRegistry();
    registry.replace(["a", "b", "c"].map((key) => deployment(key)));
    const change = registry.replace(["c", "d", "a"].map((key) => deployment(key)));
    expect(change).toMatchObject({ added: [3], changed: [] });
    expect(change.removed.map(({ slot }) => slot)).toEqual([1]);
    expect([0, 2].map((slot) => registry.at(slot)?.key)).toEqual(["a", "c"]);
  });

  test("does not give out a slot in the same change that freed it", () => {
    const registry = createRegistry();
    registry.replace([deployment("a"), deployment("b")]);
    expect(registry.replace([deployment("a"), deployment("c")]).added).toEqual([2]);
    expect(registry.replace([deployment("a"), deployment("c"), deployment("d")]).added).toEqual([
      1,
    ]);
  });

  test("tells a deployment that is asked differently from one that stayed as it was", () => {
    const registry = createRegistry();
    registry.replace([deployment("a"), deployment("b")]);
    const change = registry.replace([deployment("a"), deployment("b", { intervalMs: 5 })]);
    expect(change).toMatchObject({ changed: [1], added: [], removed: [] });
  });

  test("gives every key an identity that is not the free slot's", () => {
    for (let index = 0; index < 10_000; index += 1) expect(identityOf(`key-${index}`)).not.toBe(0);
  });
});
