import { expect, test } from "bun:test";
import { families } from "../../src/probe/families.ts";
import type { FamilyName } from "../../src/registry/deployment.ts";
import { familyModes } from "../../src/registry/family-modes.ts";

for (const [family, { paid }] of Object.entries(families)) {
  test(`the modes of family ${family} are those that it has a question for`, () => {
    expect(Object.keys(paid).sort()).toEqual([...familyModes[family as FamilyName]].sort());
  });
}
