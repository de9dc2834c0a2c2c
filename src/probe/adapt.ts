// The one adaptive change: when an answer refuses a parameter that the probe sent, change that and nothing else, ask once
// more, and remember it. Providers differ in the name and the minimum of the output limit, and a deployment's
// name often hides which model stands behind it.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpResponse } from "../transport/transport.ts";

const minimumAccepted = 16;

interface Change {
  readonly refuses: RegExp;
  readonly apply: (target: ProbeTarget) => ProbeTarget | null;
}

/** In this order; the first that changes anything is taken. */
const changes: readonly Change[] = [
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

/** The target to ask again with, or null when the answer does not name anything that we sent. */
export function adaptTarget(target: ProbeTarget, response: HttpResponse): ProbeTarget | null {
  if (response.status !== 400 && response.status !== 422) return null;
  if (target.rung === "metadata") return null;
  const text = response.body.slice(0, 4000);
  for (const { refuses, apply } of changes) {
    if (!refuses.test(text)) continue;
    const changed = apply(target);
    if (changed !== null) return changed;
  }
  return null;
}
