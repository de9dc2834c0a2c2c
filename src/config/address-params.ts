// Parameters that say where a request goes, or where its credentials come from.

import type { Value } from "./config.ts";

const names = [
  "api_base",
  "base_url",
  "aws_bedrock_runtime_endpoint",
  "sagemaker_base_url",
  "aws_sts_endpoint",
] as const;

export interface NamedAddress {
  readonly name: string;
  /** Without slashes at its end. */
  readonly address: string;
}

/** The addresses that these parameters name; an empty one is none. */
export function addressesIn(params: Readonly<Record<string, Value>>): NamedAddress[] {
  return names.flatMap((name) => {
    const value = params[name];
    const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
    return text === "" ? [] : [{ name, address: text.replace(/\/+$/, "") }];
  });
}
