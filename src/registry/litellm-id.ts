// The id that a LiteLLM proxy gives a deployment without `model_info.id`: SHA-256 over the public name and every key and
// value of litellm_params in the file's order, after references are filled in (Router._generate_model_id).

import type { Value } from "../config/config.ts";
import { pythonJson, pythonStr } from "./python-repr.ts";

/** Hexadecimal, 64 characters. `wholeFloats` are the keys whose number is written as `60.0`. */
export function litellmId(
  modelName: string,
  params: Readonly<Record<string, Value>>,
  wholeFloats: ReadonlySet<string> = new Set(),
): string {
  let written = modelName;
  for (const [key, value] of Object.entries(params)) {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    const text = isMap ? pythonJson(value) : pythonStr(value);
    written += wholeFloats.has(key) ? `${key}${text}.0` : key + text;
  }
  return Bun.SHA256.hash(written, "hex");
}
