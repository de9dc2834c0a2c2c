// The routes of history over a real recorder and a real table.

import { afterEach, describe, expect, test } from "bun:test";
import { membersOf } from "../../src/cli/history.ts";
import { HistoryError } from "../../src/history/asker.ts";
import type { HistoryState } from "../../src/history/messages.ts";
import { type Recorder, startRecorder } from "../../src/history/recorder.ts";
import { eventually } from "../servers/process.ts";
import { startContext, threeModels, wallMs } from "./context.ts";

let recorders: Recorder[] = [];
afterEach(async () => {
  for (const recorder of recorders) await recorder.stop(1000);
  recorders = [];
});

const dayMs = 86_400_000;

function started(config = threeModels) {
  let nowMs = wallMs + 1000;
  const clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() };
  const server = startContext(config, {}, (table, registry) => {
    const recorder = startRecorder({
      table,
      clock,
      onNotice: () => {},
      settings: {
        sqliteFile: ":memory:",
        databaseUrl: null,
        timeoutMs: 1000,
        retention: {
          checksMs: dayMs,
          minutesMs: 3 * dayMs,
          hoursMs: 90 * dayMs,
          transitionsMs: 400 * dayMs,
          checksMax: 1000,
        },
        bufferBytesMax: 1_000_000,
        litellmTable: false,
        nodeName: "test",
      },
    });
    recorders.push(recorder);
    recorder.follow(membersOf(registry).slice(0, registry.slots().length));
    return recorder;
  });
  const json = async (path: string) => (await (await server.get(path)).json()) as never;
  return {
    ...server,
    json: json as (path: string) => Promise<Record<string, unknown>>,
    wait(ms: number) {
      nowMs += ms;
    },
    /** Until so many outcomes are in history. */
    async recorded(count: number) {
      await eventually("the outcomes are in history", async () => {
        const { total_records } = (await json("/health/history")) as { total_records: number };
        return total_records === count;
      });
    },
  };
}

interface Page {
  readonly health_checks: readonly Record<string, unknown>[];
  readonly transitions: readonly Record<string, unknown>[];
  readonly total_records: number;
  readonly next_cursor?: string;
}

const recording: HistoryState = {
  engine: "sqlite",
  initialized: true,
  error: null,
  lastWriteMs: null,
  waiting: 0,
  written: 0,
  dropped: 0,
  unseen: 0,
};

describe("GET /health/history", () => {
  test("answers with LiteLLM's fields, then ours, newest first", async () => {
    const server = started();
    server.say(0, "healthy");
    await server.recorded(1);
    expect(await server.json("/health/history")).toEqual({
      health_checks: [
        {
          health_check_id: expect.any(String),
          model_name: "gpt",
          model_id: "a",
          status: "healthy",
          healthy_count: 1,
          unhealthy_count: 0,
          error_message: null,
          response_time_ms: 45.6,
          details: null,
          checked_by: "fleetpulse",
          checked_at: "2026-01-02T03:04:05.678Z",
          created_at: "2026-01-02T03:04:05.678Z",
          model: "openai/gpt-4",
          provider: "openai",
          at: "2026-01-02T03:04:05.678Z",
          state: "healthy",
          outcome: "ok",
          http_status: 200,
          latency_ms: 45.6,
          error: null,
          prompt_tokens: 0,
          completion_tokens: 0,
          cost_usd: 0,
        },
      ],
      total_records: 1,
      limit: 100,
      offset: 0,
    });
  });

  test("filters by model, alias, model_id and status, and always counts all that match", async () => {
    const server = started();
    server.say(0, "healthy");
    server.say(1, "unhealthy", "server_error", "boom");
    server.say(2, "unknown", "bad_probe", "no such field");
    await server.recorded(3);
    const ids = async (query: string) => {
      const page = (await server.json(`/health/history?${query}`)) as unknown as Page;
      expect(page.total_records).toBe(page.health_checks.length);
      return page.health_checks.map((check) => check["model_id"]).sort();
    };
    expect(await ids("model=gpt")).toEqual(["a", "b"]);
    expect(await ids("model=gpt-alias")).toEqual(["a", "b"]);
    expect(await ids("model=anthropic/claude-2")).toEqual(["c/1"]);
    expect(await ids("model_id=b")).toEqual(["b"]);
    expect(await ids("status=unhealthy")).toEqual(["b"]);
    expect(await ids("status_filter=unhealthy")).toEqual(["b"]);
    expect(await ids("status=unknown")).toEqual(["c/1"]);
    expect(await ids("model=gpt&status=healthy")).toEqual(["a"]);
    expect(await ids("model=nobody")).toEqual([]);
    expect(await ids("from=2026-01-02T03:04:05.678Z")).toHaveLength(3);
    expect(await ids("to=2026-01-02T03:04:05.678Z")).toEqual([]);
  });

  test("is walked through by cursor or offset, each entry once, with the true total on every page", async () => {
    const server = started();
    server.say(0, "healthy");
    server.say(1, "unhealthy", "server_error");
    server.say(2, "healthy");
    await server.recorded(3);
    const walked: unknown[] = [];
    let query = "limit=2";
    for (let pages = 0; pages < 3; pages += 1) {
      const page = (await server.json(`/health/history?${query}`)) as unknown as Page;
      expect(page.total_records).toBe(3);
      walked.push(...page.health_checks.map((check) => check["model_id"]));
      if (page.next_cursor === undefined) break;
      query = `limit=2&cursor=${page.next_cursor}`;
    }
    expect(walked.toSorted()).toEqual(["a", "b", "c/1"]);
    const second = (await server.json("/health/history?limit=2&offset=2")) as unknown as Page;
    expect(second.health_checks.map((check) => check["model_id"])).toEqual(walked.slice(2));
  });

  test("tells changes of state with kind=transitions", async () => {
    const server = started();
    server.say(0, "healthy");
    await server.recorded(1);
    server.wait(10_000);
    server.say(0, "unhealthy", "timeout_first_byte", "no first byte within 3000 ms");
    await server.recorded(2);
    const page = (await server.json(
      "/health/history?kind=transitions&status=unhealthy",
    )) as unknown as Page;
    expect(page.transitions).toMatchObject([
      {
        model_id: "a",
        from: "healthy",
        to: "unhealthy",
        outcome: "timeout_first_byte",
        error: "no first byte within 3000 ms",
      },
    ]);
  });

  for (const query of [
    "limit=0",
    "limit=1001",
    "offset=-1",
    "status=broken",
    "kind=all",
    "from=yesterday",
    "cursor=1;drop",
  ]) {
    test(`refuses ${query} with 400`, async () => {
      const answer = await started().get(`/health/history?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    });
  }

  test("is 404 when no history is kept, and 503 with the reason when it cannot be asked", async () => {
    expect((await startContext(threeModels).get("/health/history")).status).toBe(404);
    const failing = startContext(threeModels, {}, () => ({
      ask: () => Promise.reject(new HistoryError("history did not answer in time")),
      state: () => recording,
    }));
    const answer = await failing.get("/health/history");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { message: "history cannot be asked: history did not answer in time" },
    });
  });
});

describe("GET /health/latest", () => {
  test("has the last check of every deployment that was checked, by model_id, from memory", async () => {
    const server = startContext(threeModels);
    server.say(0, "healthy");
    server.say(1, "unhealthy", "server_error", "boom");
    const body = (await (await server.get("/health/latest")).json()) as {
      latest_health_checks: Record<string, Record<string, unknown>>;
      total_models: number;
    };
    expect(body.total_models).toBe(2);
    expect(Object.keys(body.latest_health_checks)).toEqual(["a", "b"]);
    expect(body.latest_health_checks["b"]).toMatchObject({
      model_name: "gpt",
      model_id: "b",
      status: "unhealthy",
      healthy_count: 0,
      unhealthy_count: 1,
      error_message: "boom",
      response_time_ms: 45.6,
      details: null,
      checked_at: "2026-01-02T03:04:05.678Z",
    });
  });
});

describe("GET /health/models/{model_id}", () => {
  test("tells recent checks, changes, uptime and percentiles over four windows", async () => {
    const server = started();
    server.say(1, "healthy");
    await server.recorded(1);
    server.wait(60_000);
    server.say(1, "unhealthy", "server_error", "boom");
    await server.recorded(2);
    const body = await server.json("/health/models/b");
    expect(Object.keys(body["windows"] as object)).toEqual(["1h", "24h", "7d", "30d"]);
    expect((body["windows"] as Record<string, unknown>)["30d"]).toMatchObject({
      checks: 2,
      passed: 1,
      outcomes: { ok: 1, server_error: 1 },
      uptime: expect.any(Number),
    });
    expect(body["recent_checks"]).toMatchObject([{ outcome: "server_error" }, { outcome: "ok" }]);
    expect(body["recent_transitions"]).toMatchObject([
      { from: "healthy", to: "unhealthy" },
      { from: "unknown", to: "healthy" },
    ]);
  });

  test("answers from memory, and says why there is no past, when history cannot be asked", async () => {
    const server = startContext(threeModels, {}, () => ({
      ask: () => Promise.reject(new HistoryError("history did not answer in time")),
      state: () => recording,
    }));
    server.say(1, "healthy");
    const answer = await server.get("/health/models/b");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      model_id: "b",
      state: "healthy",
      history_error: "history did not answer in time",
    });
  });
});

describe("GET /health/services", () => {
  test("says how the recording of history does", async () => {
    const server = started();
    server.say(0, "healthy");
    await server.recorded(1);
    const body = await server.json("/health/services");
    expect(body["history"]).toMatchObject({
      status: "recording",
      engine: "sqlite",
      dropped_entries: 0,
      error: null,
    });
  });
});
