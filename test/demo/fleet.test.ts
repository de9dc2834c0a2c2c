// The demo's configuration as the service reads and probes it: what it shows must be what the
// behaviours say.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import { type Behaviour, behaviours, playedBy } from "../../src/demo/behaviour.ts";
import { demoConfig, uniformConfig } from "../../src/demo/fleet.ts";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { Deployment, ProbeTarget } from "../../src/registry/deployment.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { longDeadlines, shortDeadlines } from "../probe/target.ts";

let provider: DemoProvider;
beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0, nowMs: () => 0 });
});
afterAll(() => provider.stop());

function read(text: string) {
  const config = parseConfig(text, { file: "demo.yaml", flags: {}, environment: {}, cores: 2 });
  const { deployments, warnings } = resolveDeployments(config.entries, config.settings, {});
  return {
    settings: config.settings,
    deployments,
    warnings: [...config.warnings.map(({ message }) => message), ...warnings],
  };
}
const demo = (more = "") =>
  read(`${demoConfig("http://127.0.0.1:1", "http://127.0.0.1:2")}${more}`);

/** The behaviour that a deployment's address names. */
function behaviourOf({ apiBase }: Deployment): Behaviour {
  const played = playedBy(new URL(apiBase ?? "").pathname);
  if (played === null) throw new Error(`no behaviour in ${apiBase}`);
  return played.behaviour;
}

describe("the demo's configuration", () => {
  test("is read without a warning", () => {
    expect(demo().warnings).toEqual([]);
  });

  test("has 300 deployments, each of which can be probed", () => {
    expect(demo().deployments.filter(({ target }) => target !== null)).toHaveLength(300);
  });

  test("has deployments of every family", () => {
    const families = new Set(demo().deployments.map(({ target }) => target?.family));
    expect([...families].sort()).toEqual([
      "anthropic",
      "azure",
      "cohere",
      "gemini",
      "ollama",
      "openai",
    ]);
  });

  test("has model groups with several deployments of different providers", () => {
    const llama = demo().deployments.filter(({ modelName }) => modelName === "llama-70b");
    expect(new Set(llama.map(({ provider }) => provider)).size).toBe(3);
  });

  test("has every kind of fault, and most deployments are well", () => {
    const seen = demo().deployments.map(behaviourOf);
    expect(new Set(seen)).toEqual(new Set(Object.keys(behaviours) as Behaviour[]));
    expect(seen.filter((one) => one === "ok").length).toBeWithin(250, 280);
  });

  test("sends what is not HTTP to the raw listener, and nothing else", () => {
    const raw = demo().deployments.filter(({ apiBase }) =>
      apiBase?.startsWith("http://127.0.0.1:2/"),
    );
    expect(new Set(raw.map(behaviourOf))).toEqual(new Set<Behaviour>(["garbage", "reset"]));
  });

  test("is lively: short intervals", () => {
    const { intervalMs, timeoutMs, unhealthyIntervalMs } = demo().settings;
    expect([intervalMs, timeoutMs, unhealthyIntervalMs]).toEqual([10_000, 3000, 5000]);
  });
});

describe("a probe of the demo fleet", () => {
  const ask = createProber({
    transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
    bodyBytesMax: 64 * 1024,
    clock: systemClock,
  });
  const deadlines = longDeadlines;

  async function outcomeOf(target: ProbeTarget, behaviour: Behaviour): Promise<OutcomeClass> {
    const limits = behaviour === "hang" ? shortDeadlines : deadlines;
    return (await ask({ target, deadlines: limits })).outcome.class;
  }

  const expected: Readonly<Partial<Record<Behaviour, OutcomeClass>>> = {
    hang: "timeout_first_byte",
    auth: "auth",
    limited: "rate_limited",
    error: "server_error",
    overloaded: "overloaded",
    garbage: "protocol",
    reset: "reset",
    reasoning: "ok_limited_output",
    filtered: "ok_limited_output",
    html: "protocol",
    missing: "model_not_found",
  };
  test.each(Object.entries(expected) as [Behaviour, OutcomeClass][])(
    "finds that %s is %s",
    async (behaviour, outcome) => {
      const [first] = read(demoConfig(provider.url, provider.rawUrl, 1)).deployments;
      if (!first?.target) throw new Error("the first deployment has no target");
      const base = ["garbage", "reset"].includes(behaviour) ? provider.rawUrl : provider.url;
      const target = { ...first.target, baseUrl: `${base}/${behaviour}-0/v1` };
      expect(await outcomeOf(target, behaviour)).toBe(outcome);
    },
  );

  test.each(["reasoning", "filtered"] as const)(
    "finds that every family's stream of %s has no first token and is well all the same",
    async (behaviour) => {
      const text = demoConfig(provider.url, provider.url, 18);
      const { deployments } = read(text.replace("fleetpulse:", "fleetpulse:\n  stream: true"));
      for (const { target, mode } of deployments) {
        if (target === null || mode === "embedding") continue;
        const baseUrl = target.baseUrl.replace(/\/[a-z]+-(\d+)/, `/${behaviour}-$1`);
        const { outcome } = await ask({ target: { ...target, baseUrl }, deadlines });
        expect(outcome.text).not.toContain("HTTP");
        expect(outcome.class).toMatch(/^ok/);
        expect(outcome.phases.firstTokenMs).toBeNull();
      }
    },
  );

  test("measures the first token of every family, after its first byte where that comes before", async () => {
    const thinking = startDemoProvider({ latencyMs: 40, nowMs: () => 0 });
    const text = demoConfig(thinking.url, thinking.rawUrl, 18);
    const { deployments } = read(text.replace("fleetpulse:", "fleetpulse:\n  stream: true"));
    for (const one of deployments) {
      if (one.target === null || one.mode === "embedding" || behaviourOf(one) !== "ok") continue;
      const { outcome } = await ask({ target: one.target, deadlines });
      expect([one.model, outcome.class]).toEqual([one.model, "ok"]);
      const { firstByteMs, firstTokenMs } = outcome.phases;
      expect(firstTokenMs ?? 0).toBeGreaterThanOrEqual(firstByteMs ?? 0);
    }
    await thinking.stop();
  });

  test.each(["completion", "metadata"])("passes every well one on the %s rung", async (rung) => {
    const text = demoConfig(provider.url, provider.rawUrl, 100);
    const { deployments } = read(text.replace("fleetpulse:", `fleetpulse:\n  probe: ${rung}`));
    const well = deployments.filter((one) => behaviourOf(one) === "ok");
    const ill = await Promise.all(
      well.map(async ({ model, target }) => {
        const outcome = target === null ? "config" : await outcomeOf(target, "ok");
        return outcome === "ok" ? [] : [`${model} is ${outcome}`];
      }),
    );
    expect(ill.flat()).toEqual([]);
  });
});

describe("a uniform fleet", () => {
  const uniform = (count: number, hanging: number) =>
    read(uniformConfig({ url: "http://127.0.0.1:1", count, hanging, settings: { interval: 7 } }));

  test("has as many deployments as asked for, all priced", () => {
    const { deployments } = uniform(120, 0);
    expect(deployments.filter(({ price }) => price.source === "config")).toHaveLength(120);
  });

  test("has as many hanging ones as asked for, spread evenly", () => {
    const hanging = uniform(100, 10).deployments.flatMap((one, at) =>
      behaviourOf(one) === "hang" ? [at] : [],
    );
    expect(hanging).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
  });

  test("takes settings as given", () => {
    expect(uniform(1, 0).settings.intervalMs).toBe(7000);
  });
});
