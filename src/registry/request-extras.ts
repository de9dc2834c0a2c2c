// What of a deployment's own headers and body fields goes into a probe.
//
// `extra_body` is taken without sampling parameters and without what costs more (tools, web search, long outputs):
// such parameters make probes of working models fail, and make them expensive. What is left decides whether the request
// works at all (`enable_thinking`, `provider`, `safe_prompt`, …), but for what `additional_drop_params` names. `health_check_params` is
// the operator's own word and goes in whole, and last. Of the other litellm_params only those go in that an endpoint may demand (`input_type`, `task`,
// `safe_prompt`, …); what steers the proxy (`drop_params`, `timeout`, `max_retries`, `rpm`, `tags`, …) is never sent.

import type { Value } from "../config/config.ts";

type Values = Readonly<Record<string, Value>>;

const leftOut = new RegExp(
  `^(?:${[
    // What costs more, and what belongs to it.
    "tools?|tool_choice|parallel_tool_calls|functions?|function_call|mcp_servers|plugins",
    "web_search.*|search.*|enable_search|background|thinking.*|reasoning.*|modalities|audio|speech_config",
    // Sampling.
    "temperature|top_p|top_k|min_p|n|best_of|candidate_count|seed|stop.*|stream.*|logprobs|top_logprobs",
    "presence_penalty|frequency_penalty|repetition_penalty|repeat_penalty|response_.*",
    // The limit is ours.
    "max_tokens|max_completion_tokens|max_output_tokens|max_new_tokens|max_token_count|num_predict",
    "metadata|user",
  ].join("|")})$`,
);

/** Where families keep sampling and limit in a map of their own: the rest of such a map is the operator's. */
const nested: ReadonlySet<string> = new Set([
  "generationConfig",
  "inferenceConfig",
  "textGenerationConfig",
  "options",
  "parameters",
  "params",
]);

/** Parameters of requests without which some models of OpenAI-compatible servers refuse to answer. */
const demanded = [
  "input_type",
  "task",
  "dimensions",
  "encoding_format",
  "enable_thinking",
  "safe_prompt",
];

/** What nobody asked for, the same for all. */
export const noFields: Values = {};
const noTexts: Readonly<Record<string, string>> = {};

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** Whether an HTTP header can carry this text: Latin-1 without control characters. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** `headers` and `extra_headers` (which wins) with names in lower case; null when they are no headers. */
export function headersOf(params: Values): Readonly<Record<string, string>> | null {
  if (isAbsent(params["headers"]) && isAbsent(params["extra_headers"])) return noTexts;
  const headers: Record<string, string> = {};
  for (const key of ["headers", "extra_headers"]) {
    const given = params[key];
    if (isAbsent(given)) continue;
    if (typeof given !== "object" || Array.isArray(given)) return null;
    for (const [name, value] of Object.entries(given)) {
      if (value === null) continue;
      const text = String(value);
      if (typeof value === "object" || !headerName.test(name) || !isHeaderValue(text)) return null;
      headers[name.toLowerCase()] = text;
    }
  }
  return headers;
}

/** Fields for the body of a probe. */
export function extraBodyOf(params: Values, info: Values): Values {
  const health = info["health_check_params"];
  if (isAbsent(params["extra_body"]) && isAbsent(health)) return noFields;
  const extras = Object.entries(withoutLeftOut(mapOf(params["extra_body"]))).flatMap(
    ([key, value]): [string, Value][] => {
      if (!nested.has(key) || !isMap(value)) return [[key, value]];
      const rest = withoutLeftOut(value);
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    },
  );
  // Whether it is a stream is part of the target: it decides how the answer is read.
  const { stream: _, ...own } = mapOf(health) as Record<string, Value>;
  return { ...withoutNames(Object.fromEntries(extras), droppedOf(params)), ...own };
}

/** Names are compared as they are written in Python: `topP` is `top_p`. */
function withoutLeftOut(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([key]) => !leftOut.test(key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    ),
  );
}

const noNames: readonly string[] = [];

/** `additional_drop_params`: what the proxy leaves out of requests. A path into a list (`tools[*].x`) is of nothing that a probe sends. */
export function droppedOf(params: Values): readonly string[] {
  const names = params["additional_drop_params"];
  return Array.isArray(names)
    ? names.filter((name): name is string => typeof name === "string" && /^\w+$/.test(name))
    : noNames;
}

export function withoutNames(values: Values, names: readonly string[]): Values {
  if (!names.some((name) => Object.hasOwn(values, name))) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** Of the deployment's parameters those that an endpoint may demand. */
export function demandedOf(params: Values): Values {
  let given: Record<string, Value> | null = null;
  for (const name of demanded) {
    const value = params[name];
    if (isAbsent(value)) continue;
    given ??= {};
    given[name] = value;
  }
  return given ?? noFields;
}

function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function mapOf(value: Value | undefined): Values {
  return isMap(value) ? value : {};
}

function isMap(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
