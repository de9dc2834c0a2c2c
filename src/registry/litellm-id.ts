// The id that a LiteLLM proxy gives a deployment without `model_info.id`: SHA-256 over the public name and every key and
// value of litellm_params in the file's order, after references are filled in (Router._generate_model_id).

import { createHash } from "node:crypto";
import type { Value } from "../config/config.ts";
import { pythonJson, pythonStr } from "./python-repr.ts";

/** Hexadecimal, 64 characters. */
export function litellmId(modelName: string, params: Readonly<Record<string, Value>>): string {
  const hash = createHash("sha256").update(modelName);
  for (const [key, value] of Object.entries(params)) {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    hash.update(key).update(isMap ? pythonJson(value) : pythonStr(value));
  }
  return hash.digest("hex");
}
