// A deployment as tests need one: all that is not said is as good as anything.

import type { Deployment } from "../../src/registry/deployment.ts";
import { restingPlan } from "../../src/registry/probe-plan.ts";
import { target } from "../probe/target.ts";

export function deployment(key: string, changes: Partial<Deployment> = {}): Deployment {
  return {
    key,
    modelId: `id-${key}`,
    modelName: "group",
    model: "openai/x",
    provider: "openai",
    mode: "chat",
    apiBase: null,
    target: target(),
    problem: null,
    skipped: null,
    intervalMs: 1000,
    deadlines: { connectMs: 1, firstByteMs: 1, totalMs: 1 },
    lanes: { provider: "openai", host: "h", key: "k" },
    price: { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" },
    plan: restingPlan,
    ...changes,
  };
}
