// Entries of a configuration and what becomes of them, for the tests of this room.

import type { ModelEntry, Value } from "../../src/config/config.ts";
import { litellmId } from "../../src/config/litellm-id.ts";
import { parseConfig } from "../../src/config/read.ts";
import type { Settings } from "../../src/config/settings.ts";
import { nodeOf } from "../../src/config/values.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";

export type Values = { [key: string]: Value };

export const settings = parseConfig("", {
  file: "f",
  flags: {},
  environment: {},
  cores: 4,
}).settings;

export function entry(params: Values, info: Values = {}, modelName = "group"): ModelEntry {
  const place = { file: "f", line: 1, column: 1 };
  const given = nodeOf(params, place);
  if (given.kind !== "map") throw new Error("parameters are a map");
  const { id } = info;
  return {
    ...{ path: "model_list[0]", place, modelName, params, info, missing: [] },
    modelId: id === undefined ? litellmId(modelName, given) : String(id),
    isNamed: id !== undefined,
  };
}

/** The one deployment of an entry. */
export function resolve(
  params: Values,
  info: Values = {},
  environment = {},
  changes: Partial<Settings> = {},
): Deployment {
  const { deployments } = resolveDeployments(
    [entry(params, info)],
    { ...settings, ...changes },
    environment,
  );
  const [first] = deployments;
  if (first === undefined) throw new Error("no deployment");
  return first;
}
