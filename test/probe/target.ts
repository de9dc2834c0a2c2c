// A target for tests: an OpenAI chat deployment unless told otherwise.

import type { Deadlines, ProbeTarget, Route } from "../../src/registry/deployment.ts";
import { providers } from "../../src/registry/providers/all.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";

/** Without a proxy, and with the usual authorities. */
export const directRoute: Route = {
  proxy: null,
  verifyTls: true,
  caFile: null,
  clientCertificate: null,
};

export const secretKey = "sk-test-1234567890abcdef";

export function target(changes: Partial<ProbeTarget> = {}): ProbeTarget {
  return {
    family: "openai",
    provider: "openai",
    mode: "chat",
    rung: "completion",
    model: "gpt-4o",
    baseModel: null,
    baseUrl: "https://api.openai.com/v1",
    apiKey: secretKey,
    auth: providers[changes.provider ?? "openai"]?.auth ?? "bearer",
    options: {},
    login: null,
    apiVersion: null,
    organization: null,
    headers: {},
    extraBody: {},
    maxTokens: 16,
    tokenField: "max_tokens",
    reasoningEffort: null,
    stream: false,
    prompt: "ping",
    route: directRoute,
    ...changes,
  };
}

/** For what never comes; what must come before that has time to, also on a busy machine. */
export const shortDeadlines: Deadlines = { connectMs: 5000, firstByteMs: 500, totalMs: 800 };
/** For what comes. */
export const longDeadlines: Deadlines = { connectMs: 20_000, firstByteMs: 20_000, totalMs: 20_000 };

export function deadlinesFor(expected: OutcomeClass): Deadlines {
  return expected.startsWith("timeout") ? shortDeadlines : longDeadlines;
}
