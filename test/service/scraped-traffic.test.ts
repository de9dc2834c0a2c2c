// Debian's Prometheus scrapes a running service to which a proxy's callbacks were posted, and is asked for the values.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { eventually } from "../servers/process.ts";
import { type Prometheus, startPrometheus } from "../servers/prometheus.ts";
import { failure, payload } from "../traffic/payloads.ts";
import { type RunningService, runService } from "./process.ts";

const key = "sk-scraper";
let provider: DemoProvider;
let service: RunningService;
let prometheus: Prometheus;

beforeAll(async () => {
  provider = startDemoProvider({ latencyMs: 0 });
  const models = ["a", "b"].map(
    (id) => `  - model_name: gpt
    litellm_params: {model: openai/gpt-4o, api_base: "${provider.url}/ok-1/v1", api_key: sk-x}
    model_info: {id: ${id}}`,
  );
  service = await runService(`model_list:
${models.join("\n")}
general_settings: {master_key: ${key}}
fleetpulse:
  interval: 600
  litellm_metrics: true
  latency_buckets: [0.1, 1, 10]
  traffic_team_labels: true
`);
  const entries = [
    payload("1"),
    payload("2", { model_id: "b", response_cost: 0.5 }),
    failure("3", "RateLimitError", "429"),
    failure("4", "ContextWindowExceededError", "400"),
    payload("5", { model_id: "elsewhere" }),
    payload("1"),
  ];
  const answer = await fetch(`${service.url}/callbacks/litellm`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(entries),
  });
  expect(answer.status).toBe(200);
  prometheus = await startPrometheus({ target: service.url, key });
  await eventually("it was scraped", async () => {
    const found = await prometheus.query('fleetpulse_deployment_up{model_id="b"} == 1');
    return found.length > 0;
  });
}, 60_000);

afterAll(async () => {
  await prometheus.stop();
  service.child.kill("SIGKILL");
  await service.child.exited;
  await provider.stop();
});

const cases: readonly [title: string, query: string, value: number][] = [
  ["requests that were answered", 'sum(fleetpulse_traffic_requests_total{class="ok"})', 3],
  [
    "failures by class",
    'fleetpulse_traffic_requests_total{model_id="a", class="rate_limited", team="Payments"}',
    1,
  ],
  [
    "requests at deployments that are not configured",
    'sum(fleetpulse_traffic_requests_total{model_id="unknown"})',
    1,
  ],
  ["tokens", 'sum(fleetpulse_traffic_tokens_total{kind="completion"})', 60],
  ["cost", 'sum(fleetpulse_traffic_cost_usd_total{model_name="gpt"})', 0.525],
  [
    "durations by the buckets of the setting",
    'fleetpulse_traffic_request_duration_seconds_bucket{model_id="a", le=~"10(.0)?"}',
    1,
  ],
  [
    "no bucket besides",
    'count(fleetpulse_traffic_request_duration_seconds_bucket{model_id="a"})',
    4,
  ],
  [
    "times to the first token",
    "histogram_quantile(1, sum by (le) (fleetpulse_traffic_first_token_seconds_bucket))",
    1,
  ],
  [
    "entries that were told twice",
    'fleetpulse_traffic_entries_total{source="callback", result="duplicate"}',
    1,
  ],
  ["LiteLLM's spend", 'sum(litellm_spend_metric_total{model="gpt-4o"})', 0.5125],
  [
    "LiteLLM's failures",
    'litellm_deployment_failure_responses_total{exception_class="Openai.RateLimitError", exception_status="429"}',
    1,
  ],
  [
    "LiteLLM's latency by its own buckets",
    'litellm_request_total_latency_metric_bucket{model_id="a", le="2.0"}',
    1,
  ],
  ["LiteLLM's state of a deployment", 'litellm_deployment_state{model_id="b"}', 0],
];

describe("Prometheus is told of", () => {
  for (const [title, query, value] of cases) {
    test(title, async () => {
      const found = await prometheus.query(query);
      expect(found).toHaveLength(1);
      expect(Number(found[0]?.value[1])).toBeCloseTo(value, 9);
    });
  }
});
