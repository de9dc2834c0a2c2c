// The id that a LiteLLM proxy gives a deployment without `model_info.id`: SHA-256 over the public name and every key and
// value of litellm_params in the file's order, after references are filled in (Router.generate_model_id). What a named credential adds
// is not in it: the proxy adds that to each request.

import { pythonJson, pythonStr } from "./python-repr.ts";
import type { MapNode } from "./yaml-node.ts";

/** Hexadecimal, 64 characters. */
export function litellmId(modelName: string, params: MapNode): string {
  let written = modelName;
  for (const [key, { node }] of params.entries) {
    written += key + (node.kind === "map" ? pythonJson(node) : pythonStr(node));
  }
  return Bun.SHA256.hash(written, "hex");
}
