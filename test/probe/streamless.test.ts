// Which chats are never asked for a stream, as the setting's words have it.

import { expect, test } from "bun:test";
import { settingRows } from "../../src/config/setting-rows.ts";
import { questionOf } from "../../src/probe/families.ts";
import type { FamilyName, ProbeTarget } from "../../src/registry/deployment.ts";
import { familyModes } from "../../src/registry/family-modes.ts";
import { providers } from "../../src/registry/providers/all.ts";
import { generates } from "../../src/registry/target.ts";
import { target } from "./target.ts";

const [, named = ""] =
  /Asked for whole answers all the same: (.*)\.$/.exec(settingRows.stream.help) ?? [];
const isStreamed = (changes: Partial<ProbeTarget>) => {
  const asked = target({ stream: true, baseUrl: "https://model.example", ...changes });
  return questionOf(asked).request(asked).watch !== undefined;
};

test("the setting for streams names every family whose words are never streamed, and no other", () => {
  const streamless = Object.entries(familyModes).flatMap(([name, modes]) => {
    const family = name as FamilyName;
    const words = modes.filter(generates);
    const asProvider = Object.keys(providers).filter((one) => providers[one]?.family === family);
    const streamed = asProvider.flatMap((provider) =>
      words.map((mode) => isStreamed({ family, provider, mode })),
    );
    if (streamed.length === 0 || streamed.every(Boolean)) return [];
    expect({ family, someAreStreamed: streamed.some(Boolean) }).toEqual({
      family,
      someAreStreamed: false,
    });
    return [family];
  });
  const expected = [...streamless, "and v1 of cohere"];
  expect(named.split(", ").sort()).toEqual(expected.sort());
});

test("v1 of Cohere is never asked for a stream, v2 is", () => {
  const cohere = { family: "cohere", provider: "cohere" } as const;
  expect(isStreamed({ ...cohere, model: "v1/command-r" })).toBeFalse();
  expect(isStreamed({ ...cohere, model: "command-r" })).toBeTrue();
});
