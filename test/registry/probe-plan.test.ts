import { describe, expect, test } from "bun:test";
import type { Value } from "../../src/config/config.ts";
import type { Mode } from "../../src/registry/deployment.ts";
import { planOf } from "../../src/registry/probe-plan.ts";
import type { FreeRung } from "../../src/registry/providers/all.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { resolve, settings } from "./entry.ts";

function plan(
  free: FreeRung,
  mode: Mode,
  info: Record<string, Value> = {},
  changes: Partial<typeof settings> = {},
  model = "m",
) {
  const choice = planOf("some", { free }, mode, model, info, { ...settings, ...changes });
  return choice.kind === "planned" ? choice.plan.rung : choice.reason;
}

describe("which question a deployment is asked", () => {
  test.each([
    ["model", "auto"],
    ["list", "auto"],
    ["unproven", "auto"],
    ["key", "completion"],
    ["public", "completion"],
    ["none", "completion"],
  ] as const)("is, where the free one proves %s: %s", (free, expected) => {
    expect(plan(free, "chat")).toBe(expected);
  });

  test.each([
    ["model_info.health_check_probe", { health_check_probe: "completion" }, {}, "completion"],
    ["fleetpulse.probe", {}, { rung: "completion" as const }, "completion"],
    [
      "the one before the other",
      { health_check_probe: "auto" },
      { rung: "completion" as const },
      "auto",
    ],
    ["metadata", { health_check_probe: "metadata" }, {}, "metadata"],
  ])("is said by %s", (_, info: Record<string, Value>, changes, expected) => {
    expect(plan("model", "chat", info, changes)).toBe(expected);
  });

  test("is the paid one alone where that costs nothing", () => {
    expect(plan("model", "realtime")).toBe("completion");
  });

  const paceOf = (
    params: Record<string, Value>,
    info: Record<string, Value> = {},
    changes = {},
  ) => {
    const { plan, problem } = resolve({ api_key: "k", ...params }, info, {}, changes);
    expect(problem).toBeNull();
    return [plan.rung, plan.paidIntervalMs];
  };

  test.each(["ollama/llama3.2", "ollama_chat/llama3.2", "lm_studio/x", "lemonade/x"])(
    "is the free one alone by itself where a chat would load the model: %s",
    (model) => {
      const params = { model, api_base: "http://desk:1234/v1" };
      expect(paceOf(params)).toEqual(["auto", null]);
      expect(paceOf(params, { health_check_probe: "completion" })[0]).toBe("completion");
      expect(paceOf(params, {}, { rung: "completion" })[0]).toBe("completion");
    },
  );

  test("is the paid one where the free one of that mode tells of no model", () => {
    const params = { model: "vertex_ai/semantic-ranker-default@latest", vertex_project: "p" };
    expect(paceOf(params, { mode: "rerank" })[0]).toBe("completion");
    expect(paceOf({ ...params, model: "vertex_ai/gemini-2.5-flash" })[0]).toBe("auto");
  });

  test("is the paid one four times a day where there are a handful of requests a day", () => {
    expect(paceOf({ model: "github/gpt-4.1" })).toEqual(["auto", 6 * 3_600_000]);
    const seldom = { paidIntervalMs: 86_400_000 };
    expect(paceOf({ model: "github/gpt-4.1" }, {}, seldom)).toEqual(["auto", 86_400_000]);
  });

  test.each(["image_generation", "image_edit", "ocr", "video_generation"] as const)(
    "is the free one alone in mode %s, which costs real money",
    (mode) => {
      expect(plan("key", mode, {}, { rung: "completion" })).toBe("metadata");
      expect(plan("key", mode, { health_check_probe: "completion" })).toBe("completion");
      expect(plan("key", mode, {}, { paidModes: [mode] })).toBe("completion");
    },
  );

  test.each([
    ["o3-deep-research-2025-06-26", "responses"],
    ["sonar-deep-research", "chat"],
    ["gpt-4o-mini-search-preview", "chat"],
    ["gpt-5-search-api-2025-10-14", "chat"],
  ] as const)("is the free one alone of %s, which searches the web", (model, mode) => {
    const of = (free: FreeRung, info = {}) => plan(free, mode, info, {}, model);
    expect(of("model")).toBe("metadata");
    expect(of("none")).toContain("the model costs real money");
    expect(of("none", { health_check_probe: "completion" })).toBe("completion");
  });

  test("is none where a costly mode has no free one, with the reason and what mends it", () => {
    expect(plan("none", "image_generation")).toContain(
      "costs real money and provider some has no free question; set model_info.health_check_probe to completion",
    );
    expect(plan("public", "ocr")).toContain("name the mode in fleetpulse.paid_modes");
  });

  test("is within the deployment's own budget, or the one for all", () => {
    const budgets = { deploymentTokensPerDay: 100, deploymentUsdPerDay: 0.5 };
    const of = (info: Record<string, Value>) => {
      const choice = planOf("some", { free: "model" }, "chat", "m", info, {
        ...settings,
        ...budgets,
      });
      return choice.kind === "planned" ? [choice.plan.tokensPerDay, choice.plan.usdPerDay] : [];
    };
    expect(of({})).toEqual([100, 0.5]);
    const own = {
      health_check_budget_tokens_per_day: 7,
      health_check_budget_usd_per_day: "1e-3",
    };
    expect(of(own)).toEqual([7, 0.001]);
  });

  test("is warned of where fleetpulse.paid_modes names no mode", () => {
    const { warnings } = resolveDeployments([], { ...settings, paidModes: ["images"] }, {});
    expect(warnings).toEqual(["fleetpulse.paid_modes: there is no mode images"]);
  });
});
