// The one adaptive change: when an answer refuses a parameter that the probe sent, change that and nothing else, ask once
// more, and remember it. Providers differ in the name and the minimum of the output limit, and a deployment's
// name often hides which model stands behind it.

import type { Mode, ProbeTarget } from "../registry/deployment.ts";
import { familyModes } from "../registry/family-modes.ts";
import type { HttpResponse } from "../transport/transport.ts";

const minimumAccepted = 16;

interface Change {
  /** Other statuses than 400 and 422 refuse no parameter. */
  readonly status?: number;
  readonly refuses: RegExp;
  readonly apply: (target: ProbeTarget) => ProbeTarget | null;
}

/** In this order; the first that changes anything is taken. */
const changes: readonly Change[] = [
  ...[400, 404].flatMap((status): Change[] => [
    {
      // OpenAI's pro and codex models.
      status,
      refuses:
        /(?:only|not) (?:supported|available|work)[^"]{0,40}\bv1\/responses\b|use the responses api/i,
      apply: (target) => inMode(target, "responses"),
    },
    {
      status,
      refuses: /not a chat model|did you mean to use v1\/completions/i,
      apply: (target) => inMode(target, "completion"),
    },
  ]),
  {
    // Alibaba's thinking models outside of streams.
    refuses: /enable_thinking must be set to false/i,
    apply: (target) =>
      target.extraBody["enable_thinking"] === false
        ? null
        : { ...target, extraBody: { ...target.extraBody, enable_thinking: false } },
  },
  {
    refuses:
      /only supports? stream|stream(?:ing)? mode (?:is )?(?:only|required)|"stream" must be set to true/i,
    apply: (target) =>
      target.stream || target.mode !== "chat" ? null : { ...target, stream: true },
  },
  {
    refuses:
      /max_tokens.{0,120}(?:max_completion_tokens|not supported|unsupported|unrecognized|unknown|not permitted)|unsupported.{0,60}'max_tokens'/is,
    apply: (target) =>
      target.tokenField === "max_tokens"
        ? { ...target, tokenField: "max_completion_tokens" }
        : null,
  },
  {
    refuses:
      /(?:unrecognized|unsupported|unknown|not supported|not permitted|extra (?:fields|inputs)).{0,120}max_completion_tokens|max_completion_tokens.{0,120}(?:unrecognized|unsupported|unknown|not supported|not permitted|extra)/is,
    apply: (target) =>
      target.tokenField === "max_completion_tokens"
        ? { ...target, tokenField: "max_tokens" }
        : null,
  },
  {
    refuses:
      /integer_below_min_value|(?:max_?(?:completion_|output_)?tokens|maxOutputTokens).{0,120}(?:below|minimum|at least|greater than|too (?:low|small))/is,
    apply: (target) =>
      target.maxTokens !== null && target.maxTokens < minimumAccepted
        ? { ...target, maxTokens: minimumAccepted }
        : null,
  },
  {
    refuses: /reasoning_effort/i,
    apply: (target) =>
      target.reasoningEffort === null ? null : { ...target, reasoningEffort: null },
  },
  {
    refuses:
      /(?:unrecognized|unsupported|unknown|not supported|not permitted|extra (?:fields|inputs)).{0,80}(?:max_tokens|num_predict|maxOutputTokens)/is,
    apply: (target) => (target.maxTokens === null ? null : { ...target, maxTokens: null }),
  },
  {
    // OpenAI streams some models to verified organizations only.
    refuses:
      /"param"\s*:\s*"stream"|verified to stream|stream(?:ing)?\b.{0,80}(?:unsupported|not (?:supported|available|allowed|permitted))|(?:unsupported|not (?:support|allow)).{0,80}\bstream/is,
    apply: (target) => (target.stream ? { ...target, stream: false } : null),
  },
];

/** What a probe sends and can do without. */
const dispensable = [
  "store",
  "reasoning_effort",
  "reasoning",
  "stream_options",
  "input_type",
  "enable_thinking",
  "disable_search",
  "modalities",
  "response_format",
  "quality",
  "size",
  "n",
  "top_n",
  "top_k",
];
const refused =
  "(?:unrecognized|unsupported|unknown|unexpected|not supported|not permitted|not allowed|extra)";

/**
 * The target to ask again with, or null when the answer does not name anything that we sent. `sent` are the names of the body's
 * fields.
 */
export function adaptTarget(
  target: ProbeTarget,
  response: HttpResponse,
  sent: readonly string[] = [],
): ProbeTarget | null {
  const { status } = response;
  if (target.rung === "metadata") return null;
  const text = response.body.slice(0, 4000);
  const refusesParameters = status === 400 || status === 422;
  for (const { status: own, refuses, apply } of changes) {
    if (own === undefined ? !refusesParameters : own !== status) continue;
    if (!refuses.test(text)) continue;
    const changed = apply(target);
    if (changed !== null) return changed;
  }
  const name = refusesParameters ? sent.find((one) => isRefused(one, text)) : undefined;
  return name === undefined ? null : { ...target, omitted: [...(target.omitted ?? []), name] };
}

function isRefused(name: string, text: string): boolean {
  if (!dispensable.includes(name)) return false;
  const before = new RegExp(`${refused}[^]{0,80}\\b${name}\\b`, "i");
  const behind = new RegExp(`["'\`]${name}["'\`][^]{0,80}${refused}`, "i");
  return before.test(text) || behind.test(text);
}

/** The same in a mode that the model is served in. */
function inMode(target: ProbeTarget, mode: Mode): ProbeTarget | null {
  const isServed = familyModes[target.family].includes(mode);
  return target.mode === "chat" && isServed ? { ...target, mode } : null;
}
