// What of a deployment's own headers and body fields goes into a probe.
//
// `extra_body` is taken without sampling parameters and without what costs more (tools, web search, long outputs):
// such parameters make probes of working models fail, and make them expensive. What is left decides whether the request
// works at all (`enable_thinking`, `provider`, `safe_prompt`, …). `health_check_params` is the operator's own word and
// goes in whole, and last. Of the other litellm_params only those go in that an endpoint may demand (`input_type`, `task`,
// `safe_prompt`, …); what steers the proxy (`drop_params`, `timeout`, `max_retries`, `rpm`, `tags`, …) is never sent.

import type { Value } from "../config/config.ts";

type Values = Readonly<Record<string, Value>>;

const leftOut =
  /^(?:tools?|tool_choice|functions?|function_call|web_search.*|search.*|plugins|response_format|temperature|top_p|top_k|min_p|n|best_of|seed|stop|stream.*|logprobs|top_logprobs|presence_penalty|frequency_penalty|repetition_penalty|max_tokens|max_completion_tokens|thinking|reasoning.*|metadata|user|modalities|audio)$/;

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
  const extras = Object.entries(mapOf(params["extra_body"])).filter(([key]) => !leftOut.test(key));
  // Whether it is a stream is part of the target: it decides how the answer is read.
  const { stream: _, ...own } = mapOf(health) as Record<string, Value>;
  return { ...Object.fromEntries(extras), ...own };
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
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}
