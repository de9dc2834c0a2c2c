// What a real LiteLLM proxy posted, sent again to a running service: each request counted once, at its deployment, as what it was.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

interface Sent {
  readonly startTime: number;
  readonly endTime: number;
  readonly completionStartTime: number;
}

const file = join(import.meta.dir, "../traffic/litellm-1.105.0.json");
const { payloads } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly payloads: Readonly<Record<string, Sent>>;
};

/** Without an id in the configuration: the proxy's own hash of the parameters. */
const mocked = "b3468703fdc9ac65e2687edd6adf35efe80b4f0152e29b92d92c86c65252bbd0";
/** What becomes of each: its group, deployment and class; null is told apart and not counted. */
const expected: Readonly<Record<string, string | null>> = {
  "a chat": "chat chat-one ok",
  "a streamed chat": "chat chat-one ok",
  "an embedding": "embed embed-one ok",
  "a mocked answer": `mocked ${mocked} ok`,
  "a streamed message": "claude claude-one ok",
  "an answer of the cache": null,
  "a server error": "broken broken-one server_error",
  "a refused key": "refused refused-one auth",
  "a rate limit": "limited limited-one rate_limited",
  "a timeout": "hanging hanging-one timeout",
  "nobody at the address": "unreachable unreachable-one connect",
  "a first try that failed": "twofold twofold-broken server_error",
  "a second try": "twofold twofold-well ok",
  "a question without messages": "chat chat-one bad_request",
  "an unknown model": "other unknown bad_request",
  "a wrong key": "chat chat-one proxy",
  "a limit of the proxy's own": "tight unknown proxy",
  "a health check of the proxy": null,
};

let service: RunningService;
let answers: { accepted: number; rejected: unknown[] }[];

beforeAll(async () => {
  const groups = "chat embed claude broken refused limited hanging unreachable tight".split(" ");
  const models = groups.map(
    (name) => `  - model_name: ${name}
    litellm_params: {model: ${name === "claude" ? "anthropic/claude-sonnet-4-5" : "openai/gpt-4o"}, api_key: sk-x}
    model_info: {id: ${name}-one, disable_background_health_check: true}`,
  );
  service = await runService(`model_list:
${models.join("\n")}
  - model_name: twofold
    litellm_params: {model: openai/gpt-4o, api_key: sk-x}
    model_info: {id: twofold-broken, disable_background_health_check: true}
  - model_name: twofold
    litellm_params: {model: openai/gpt-4o, api_key: sk-x}
    model_info: {id: twofold-well, disable_background_health_check: true}
  - model_name: mocked
    litellm_params: {model: openai/gpt-4o-mini, api_key: sk-up-mocked, mock_response: "It is a mock."}
general_settings: {master_key: sk-master}
fleetpulse: {callback_key: sk-callback-key, passive_fall: 1, litellm_metrics: true}
`);
  const times = Object.values(payloads).map(({ endTime }) => endTime);
  const sinceSeconds = Date.now() / 1000 - Math.max(...times);
  const lately = Object.values(payloads).map((one) => ({
    ...one,
    startTime: one.startTime + sinceSeconds,
    endTime: one.endTime + sinceSeconds,
    completionStartTime: one.completionStartTime + sinceSeconds,
  }));
  const lines = lately.map((one) => JSON.stringify(one));
  // By its three formats: json_array, ndjson and single.
  answers = [];
  for (const body of [JSON.stringify(lately), lines.join("\n"), ...lines]) {
    const answer = await fetch(`${service.url}/callbacks/litellm`, {
      method: "POST",
      headers: { authorization: "Bearer sk-callback-key", "content-type": "application/json" },
      body,
    });
    answers.push((await answer.json()) as (typeof answers)[number]);
  }
}, 60_000);

afterAll(async () => {
  service.child.kill("SIGKILL");
  await service.child.exited;
});

const headers = { authorization: "Bearer sk-master" };
const metrics = async () => (await fetch(`${service.url}/metrics`, { headers })).text();

/** The values of a metric, by the labels that are named. */
async function values(metric: string, labels: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [, own = "", value] of (await metrics()).matchAll(
    new RegExp(`^${metric}\\{([^}]*)\\} (\\S+)$`, "gm"),
  )) {
    const name = labels.map((label) => new RegExp(`${label}="([^"]*)"`).exec(own)?.[1]).join(" ");
    if (Number(value) > 0) found[name] = (found[name] ?? 0) + Number(value);
  }
  return found;
}

describe("what a proxy of LiteLLM 1.105.0 reports", () => {
  test("is understood in each of its formats", () => {
    const all = Object.keys(payloads).length;
    expect(answers.flatMap(({ rejected }) => rejected)).toEqual([]);
    expect(answers.map(({ accepted }) => accepted)).toEqual([all, all, ...Array(all).fill(1)]);
  });

  test("counts once, at its deployment and as what it was", async () => {
    expect(Object.keys(payloads).sort()).toEqual(Object.keys(expected).sort());
    const counts: Record<string, number> = {};
    for (const what of Object.values(expected)) {
      if (what !== null) counts[what] = (counts[what] ?? 0) + 1;
    }
    const labels = ["model_name", "model_id", "class"];
    expect(await values("fleetpulse_traffic_requests_total", labels)).toEqual(counts);
    const all = Object.keys(payloads).length;
    expect(await values("fleetpulse_traffic_entries_total", ["source", "result"])).toEqual({
      "callback counted": all - 2,
      "callback cache_hit": 1,
      "callback health_check": 1,
      "callback duplicate": 2 * all,
    });
  });

  test("has its tokens, its cost and its first tokens", async () => {
    expect(await values("fleetpulse_traffic_tokens_total", ["model_name", "kind"])).toEqual({
      "chat prompt": 19,
      "chat completion": 3,
      "embed prompt": 1,
      "mocked prompt": 10,
      "mocked completion": 20,
      "claude prompt": 8,
      "claude completion": 4,
      "twofold prompt": 8,
      "twofold completion": 2,
    });
    const costs = await values("fleetpulse_traffic_cost_usd_total", ["model_name"]);
    expect(costs["chat"]).toBeCloseTo(0.0000775, 9);
    expect(costs["claude"]).toBeCloseTo(0.000084, 9);
    const first = await values("fleetpulse_traffic_first_token_seconds_count", ["model_name"]);
    expect(first).toEqual({ chat: 1, claude: 1 });
  });

  test("has LiteLLM's own exceptions under LiteLLM's own names", async () => {
    const labels = ["model_id", "exception_status", "exception_class"];
    const failures = await values("litellm_deployment_failure_responses_total", labels);
    expect(failures).toMatchObject({
      "broken-one 500 Openai.InternalServerError": 1,
      "refused-one 401 Openai.AuthenticationError": 1,
      "limited-one 429 Openai.RateLimitError": 1,
      "hanging-one 408 Openai.Timeout": 1,
    });
  });

  test("moves the status of its deployment, unless caller or proxy are to blame", async () => {
    const states = async () => {
      const health = (await (await fetch(`${service.url}/health`, { headers })).json()) as Awaited<
        ReturnType<RunningService["health"]>
      >;
      const { healthy_endpoints, unhealthy_endpoints, unknown_endpoints } = health;
      return Object.fromEntries(
        [...healthy_endpoints, ...unhealthy_endpoints, ...unknown_endpoints].map(
          ({ model_name, state }) => [model_name, state],
        ),
      );
    };
    const told = {
      ...{ chat: "healthy", embed: "healthy", claude: "healthy", limited: "degraded" },
      ...{ broken: "unhealthy", refused: "unhealthy", hanging: "unhealthy" },
      ...{ unreachable: "unhealthy", tight: "unknown" },
    };
    await eventually("traffic has told", async () => {
      const known = await states();
      return Object.entries(told).every(([name, state]) => known[name] === state);
    });
  });
});
