// LiteLLM's names, held against its documentation: its dashboards ask for exactly these.

import { describe, expect, test } from "bun:test";
import { ownTrafficMax, writeLitellmLines } from "../../src/metrics/litellm-lines.ts";
import {
  litellmExposedName,
  litellmMetricNames,
  litellmRows,
} from "../../src/metrics/litellm-rows.ts";
import type { TrafficReading } from "../../src/metrics/sources.ts";
import { emptyRow } from "../../src/table/row.ts";
import { exceptionOf } from "../../src/traffic/traffic-class.ts";
import { startContext, threeModels } from "../server/context.ts";
import { binary } from "../servers/binaries.ts";

const histogram = { bounds: [0.5, 1], counts: [1, 1, 1], sumSeconds: 4.25 };
const reading: TrafficReading = {
  classes: [
    ["ok", 3],
    ["rate_limited", 2],
    ["connect", 1],
    ["context_window", 1],
    ["timeout", 0],
  ],
  duration: histogram,
  firstToken: histogram,
  promptTokens: 30,
  completionTokens: 60,
  costUsd: 0.0375,
  litellm: { total: histogram, api: histogram, firstToken: histogram, perOutputToken: histogram },
};
const series = (id: string, provider = "openai") => ({
  model_name: "gpt",
  model_id: id,
  provider,
  team: "Payments",
  key_alias: "none",
});

function started(litellmMetrics = true) {
  const server = startContext(threeModels, { litellmMetrics });
  server.say(0, "healthy");
  server.say(1, "unhealthy", "server_error", "boom");
  server.state.reported.push([series("a"), reading]);
  server.state.reported.push([series("unknown"), reading], [series("unknown", "azure"), reading]);
  return server;
}

async function text(accept = "text/plain"): Promise<string> {
  return (await started().get("/metrics", { accept })).text();
}

/** Lines of a metric, without its name. */
const linesOf = (all: string, name: string) =>
  all.split("\n").flatMap((line) => (line.startsWith(`${name}{`) ? [line.slice(name.length)] : []));

const place = (id: string, provider: string, model: string, base: string) =>
  `litellm_model_name="${model}",model_id="${id}",api_base="${base}",api_provider="${provider}"`;
const caller = 'hashed_api_key="None",api_key_alias="None",team="None",team_alias="Payments"';

describe("under LiteLLM's names", () => {
  test("is nothing unless it is switched on", async () => {
    const all = await (await started(false).get("/metrics")).text();
    expect(all).not.toContain("litellm_");
  });

  test("is what satisfies promtool", async () => {
    const promtool = Bun.spawn([binary("promtool"), "check", "metrics"], {
      stdin: new Blob([await text()]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const said = await new Response(promtool.stderr).text();
    expect(said).toBe("");
    expect(await promtool.exited).toBe(0);
  });

  test("is every metric of the table, with its type and its labels", async () => {
    const all = await text();
    const types = [...all.matchAll(/^# TYPE (litellm_\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(types).toEqual(
      litellmMetricNames.map((name) => `${litellmExposedName(name)} ${litellmRows[name].type}`),
    );
    for (const name of litellmMetricNames) {
      const found = new RegExp(`^${litellmExposedName(name)}(?:_count)?\\{([^}]*)\\}`, "m").exec(
        all,
      );
      const labels = [...(found?.[1] ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label ?? "");
      if (labels.length > 0) expect(labels).toEqual([...litellmRows[name].labels]);
    }
  });

  test("is the state of deployments: 0 healthy, 2 down, nothing while unknown", async () => {
    const states = linesOf(await text(), "litellm_deployment_state");
    expect(states.map((line) => /model_id="([^"]*)".*} (.)/.exec(line)?.slice(1))).toEqual([
      ["a", "0"],
      ["b", "2"],
    ]);
  });

  test("is a deployment's traffic by what became of it", async () => {
    const all = await text();
    const own = `requested_model="gpt",${place("a", "openai", "gpt-4", "https://api.openai.com/v1")},${caller}`;
    expect(linesOf(all, "litellm_deployment_success_responses_total")).toContain(`{${own}} 3`);
    expect(linesOf(all, "litellm_deployment_total_requests_total")).toContain(`{${own}} 7`);
    expect(linesOf(all, "litellm_deployment_failure_responses_total")).toContain(
      `{${own},exception_status="429",exception_class="Openai.RateLimitError"} 2`,
    );
    expect(linesOf(all, "litellm_spend_metric_total")[0]).toContain('model="gpt-4"');
    expect(linesOf(all, "litellm_spend_metric_total")[0]).toEndWith(" 0.0375");
    expect(linesOf(all, "litellm_total_tokens_metric_total")[0]).toEndWith(" 90");
  });

  test("is one count of the failures that have no status", async () => {
    const codes = linesOf(await text(), "litellm_proxy_total_requests_metric_total")
      .filter((line) => line.includes('model_id="a"'))
      .map((line) => /status_code="(\w+)".*} (\d+)/.exec(line)?.slice(1));
    expect(codes).toEqual([
      ["200", "3"],
      ["429", "2"],
      ["None", "2"],
    ]);
  });

  test("are histograms with bounds as LiteLLM's client writes them", async () => {
    const buckets = linesOf(await text(), "litellm_request_total_latency_metric_bucket");
    expect(buckets.slice(0, 3).map((line) => /le="(.*)"} (\d)/.exec(line)?.slice(1))).toEqual([
      ["0.5", "1"],
      ["1.0", "2"],
      ["+Inf", "3"],
    ]);
  });

  test("is one series of the deployments that are not configured, whoever they were", async () => {
    const strangers = linesOf(await text(), "litellm_requests_metric_total").filter((line) =>
      line.includes('model_id="None"'),
    );
    expect(strangers).toHaveLength(1);
    expect(strangers[0]).toEndWith(" 6");
  });

  test("is traffic of so many deployments, and of the others by model", () => {
    const deployment = startContext(threeModels).registry.at(0);
    if (deployment === null) throw new Error("no deployment");
    const lines = writeLitellmLines(false, exceptionOf);
    const more = 3;
    for (let index = 0; index < ownTrafficMax + more; index += 1) {
      const provider = index % 2 === 0 ? "openai" : "azure";
      const model = `${provider}/gpt-4`;
      lines.addDeployment({ ...deployment, modelId: `d-${index}`, provider, model }, emptyRow());
    }
    for (let index = 0; index < ownTrafficMax + more; index += 1) {
      lines.addTraffic(series(`d-${index}`), reading);
    }
    Array.from(lines.addMerged());
    const all = lines
      .pieces()
      .map((piece) => Buffer.from(piece).toString())
      .join("");
    const names = [...all.matchAll(/^(litellm_\w+\{.*\}) \S+$/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    const own = linesOf(all, "litellm_requests_metric_total");
    expect(own).toHaveLength(ownTrafficMax + 1);
    expect(own.at(-1)).toContain('model="gpt-4",requested_model="gpt",model_id="None"');
    expect(own.at(-1)).toContain('team_alias="None"');
    expect(own.at(-1)).toEndWith(` ${3 * more}`);
  });

  test("is never the same series twice", async () => {
    const server = started();
    // Its provider was another before a reload; and of strangers nothing is known but the group.
    server.state.reported.push([series("a", "azure"), reading]);
    server.state.reported.push([{ ...series("unknown"), team: "none" }, reading]);
    const all = await (await server.get("/metrics")).text();
    const names = [...all.matchAll(/^(litellm_\w+\{.*\}) \S+$/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const answered = linesOf(all, "litellm_requests_metric_total");
    expect(answered.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)).toBe(15);
  });

  test("is OpenMetrics for a scraper that asks for it", async () => {
    const all = await text("application/openmetrics-text; version=1.0.0");
    expect(all).toContain("# TYPE litellm_spend_metric counter\n");
    expect(linesOf(all, "litellm_spend_metric_total")).toHaveLength(2);
    expect(all.trimEnd()).toEndWith("# EOF");
  });
});
