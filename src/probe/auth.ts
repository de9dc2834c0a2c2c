// How a key is shown to a provider, by its row. What has to be signed or exchanged for a token first is added later.

import type { ProbeTarget } from "../registry/deployment.ts";

/** The headers that carry the target's key; none without a key. */
export function authHeaders({ apiKey, auth }: ProbeTarget): Record<string, string> {
  if (apiKey === null) return {};
  if (auth === "bearer") return { authorization: `Bearer ${apiKey}` };
  if (auth === "raw") return { authorization: apiKey };
  const [kind, name = ""] = auth.split(":");
  return kind === "header" ? { [name]: apiKey } : { authorization: `${name} ${apiKey}` };
}

/** The headers of every question: what we take, who asks, and what the operator adds. */
export function headersOf(
  target: ProbeTarget,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { accept: "application/json", ...more, ...authHeaders(target), ...target.headers };
}
