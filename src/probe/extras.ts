// What a deployment's own fields do to the body of a probe: they win, and within a map of both (Google's `generationConfig`, Ollama's
// `options`) field by field, so that who adds one there keeps our limit.

import type { ProbeTarget } from "../registry/deployment.ts";

type Body = Readonly<Record<string, unknown>>;

export function withExtras(body: Body, { extraBody }: Pick<ProbeTarget, "extraBody">): Body {
  const whole: Record<string, unknown> = { ...body, ...extraBody };
  for (const name in extraBody) {
    const own = body[name];
    const theirs = extraBody[name];
    if (isMap(own) && isMap(theirs)) whole[name] = { ...own, ...theirs };
  }
  return whole;
}

function isMap(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
