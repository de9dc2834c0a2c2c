// What an entry tells of the question, the budgets, the model that answered and the provider's limits.

import { describe, expect, test } from "bun:test";
import { identityOf } from "../../src/registry/registry.ts";
import { type ProbeMark, setMark } from "../../src/table/probe-marks.ts";
import { emptyRow, type Row, states } from "../../src/table/row.ts";
import { dayOf } from "../../src/table/spending.ts";
import { createWriter } from "../../src/table/writer.ts";
import { startContext, threeModels, wallMs } from "./context.ts";

function serverWith(changes: Partial<Row>, marks: readonly ProbeMark[] = []) {
  const server = startContext(threeModels);
  const deployment = server.registry.at(0);
  if (deployment === null) throw new Error("no deployment");
  const row: Row = { ...emptyRow(), lastCheckMs: wallMs, sinceMs: wallMs, ...changes };
  row.state = states.indexOf("healthy");
  for (const mark of marks) setMark(row, mark, true);
  createWriter(server.context.table).claim(0, identityOf(deployment.key), row);
  return server;
}

async function entry(changes: Partial<Row>, marks: readonly ProbeMark[] = []) {
  const server = serverWith(changes, marks);
  return (await (await server.get("/health/models/a")).json()) as Record<string, unknown>;
}

describe("an entry", () => {
  test("tells whether the free or the paid question was answered", async () => {
    expect((await entry({}))["probe"]).toBe("completion");
    expect((await entry({ lastPaidSeconds: 1_700_000_000 }, ["free"]))["probe"]).toBe("metadata");
  });

  test("tells when the paid question was answered last", async () => {
    const { last_paid_check } = await entry({ lastPaidSeconds: 1_700_000_000 }, ["free"]);
    expect(last_paid_check).toBe("2023-11-14T22:13:20.000Z");
  });

  test("tells the model that answered, and warns of one that was not asked", async () => {
    const fine = await entry({ servedModel: "gpt-4-0613" });
    expect([fine["served_model"], fine["warning"]]).toEqual(["gpt-4-0613", undefined]);
    const other = await entry({ servedModel: "gpt-5-nano", modelChanges: 1 }, ["otherModel"]);
    expect(other).toMatchObject({
      warning: "gpt-5-nano answered where openai/gpt-4 was asked",
      model_changes: 1,
    });
  });

  test("tells the limits as LiteLLM does, and when they begin anew", async () => {
    const told = { requestsLimit: 501, requestsRemaining: 1, requestsResetSeconds: 1_700_000_000 };
    expect(await entry({ ...told, tokensRemaining: 101, region: "Sweden Central" })).toMatchObject({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-remaining-tokens": "100",
      "x-ms-region": "Sweden Central",
      rate_limits: {
        requests: { limit: 500, remaining: 0, resets_at: "2023-11-14T22:13:20.000Z" },
        tokens: { limit: null, remaining: 100, resets_at: null },
      },
    });
  });

  test("says when a budget is spent, and what is asked instead", async () => {
    const spent = { spentDay: dayOf(wallMs), spentTokens: 240, spentNanoUsd: 5_000_000 };
    expect(await entry({ ...spent, withheldProbes: 3 }, ["free", "ownBudgetSpent"])).toMatchObject({
      probe_budget: "spent",
      probe_budget_reason:
        "this deployment's budget for probes is spent for the day: the free question is asked until 2026-01-03T00:00:00.000Z",
      budget: { tokens_today: 240, cost_usd_today: 0.005, withheld_probes: 3 },
    });
    expect((await entry(spent, ["wholeBudgetSpent", "waits"]))["probe_budget_reason"]).toBe(
      "the budget of all deployments for probes is spent for the day: nothing is asked before 2026-01-03T00:00:00.000Z",
    );
  });

  test("leaves out what there is nothing to tell of", async () => {
    const { healthy_endpoints } = (await (await serverWith({}).get("/health")).json()) as {
      healthy_endpoints: Record<string, unknown>[];
    };
    const names = Object.keys(healthy_endpoints[0] ?? {});
    const absent = ["served_model", "warning", "mend", "probe_budget", "x-ms-region"];
    expect(absent.filter((name) => names.includes(name))).toEqual([]);
  });

  test("of a probe that was refused says what mends it", async () => {
    const server = startContext(threeModels);
    server.say(0, "unknown", "bad_probe", "HTTP 400: no such parameter");
    const { unknown_endpoints } = (await (await server.get("/health")).json()) as {
      unknown_endpoints: Record<string, unknown>[];
    };
    expect(unknown_endpoints[0]).toMatchObject({
      error: "HTTP 400: no such parameter",
      error_type: "bad_probe",
      mend: expect.stringContaining("model_info.mode"),
    });
  });
});

describe("the metrics", () => {
  const lineOf = async (server: ReturnType<typeof serverWith>, name: string) =>
    (await (await server.get("/metrics")).text())
      .split("\n")
      .filter((line) => line.startsWith(name));

  test("tell free probes, withheld ones and changes of the model by provider", async () => {
    const server = serverWith({
      classCounts: new Uint32Array(24).fill(5, 0, 1),
      ...{ freeProbes: 3, withheldProbes: 2, modelChanges: 1 },
    });
    expect(await lineOf(server, 'fleetpulse_probe_questions_total{provider="openai"')).toEqual([
      'fleetpulse_probe_questions_total{provider="openai",question="completion"} 2',
      'fleetpulse_probe_questions_total{provider="openai",question="metadata"} 3',
    ]);
    expect(await lineOf(server, 'fleetpulse_probe_withheld_total{provider="openai"')).toEqual([
      'fleetpulse_probe_withheld_total{provider="openai"} 2',
    ]);
    expect(await lineOf(server, 'fleetpulse_model_changes_total{provider="openai"')).toEqual([
      'fleetpulse_model_changes_total{provider="openai"} 1',
    ]);
  });

  test("tell what is left of a key's limits, and nothing of the key", async () => {
    const server = serverWith({ requestsLimit: 501, requestsRemaining: 500 });
    const [limit] = await lineOf(server, "fleetpulse_key_rate_limit{");
    const [remaining] = await lineOf(server, "fleetpulse_key_rate_limit_remaining{");
    expect(limit).toMatch(
      /^fleetpulse_key_rate_limit\{provider="openai",key="\w{4,12}",kind="requests"\} 500$/,
    );
    expect(remaining).toEndWith('kind="requests"} 499');
  });

  test("count deployments of which nothing is known because the probe is refused", async () => {
    const server = startContext(threeModels);
    server.say(0, "unknown", "bad_probe", "HTTP 400: no such parameter");
    expect(await lineOf(server, "fleetpulse_refused_deployments")).toContain(
      'fleetpulse_refused_deployments{provider="openai"} 1',
    );
  });
});
