import { describe, expect, test } from "bun:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { startContext, threeModels } from "./context.ts";

interface Health {
  status: string;
  [list: string]: unknown;
}

async function json(response: Response): Promise<Health> {
  return (await response.json()) as Health;
}

function started(changes = {}) {
  const server = startContext(threeModels, changes);
  server.say(0, "healthy");
  server.say(1, "unhealthy", "server_error", "HTTP 500: boom");
  return server;
}

describe("GET /health", () => {
  test("lists every deployment once, with the documented fields and counts", async () => {
    const response = await started().get("/health");
    expect(response.status).toBe(200);
    const body = await json(response);
    expect(body).toMatchObject({
      status: "healthy",
      db: "connected",
      redis: "not_configured",
      litellm_version: "1.50.0",
      version: "1.2.3",
      healthy_count: 1,
      unhealthy_count: 1,
      unknown_count: 1,
    });
    expect(body["healthy_endpoints"]).toEqual([
      {
        model: "openai/gpt-4",
        model_name: "gpt",
        model_id: "a",
        api_base: "https://api.openai.com/v1",
        provider: "openai",
        mode: "chat",
        status: "healthy",
        state: "healthy",
        source: "probe",
        last_check: "2026-01-02T03:04:05.678Z",
        last_change: "2026-01-02T03:04:05.678Z",
        latency_ms: 45.6,
        consecutive_failures: 0,
        error: null,
        error_type: null,
        http_status: 200,
        probe: "completion",
      },
    ]);
    expect(body["unhealthy_endpoints"]).toMatchObject([
      {
        model: "azure/gpt-4-eu",
        status: "unhealthy",
        error: "HTTP 500: boom",
        error_type: "server_error",
      },
    ]);
    expect(body["unknown_endpoints"]).toMatchObject([
      { model_id: "c/1", status: "unknown", last_check: null },
    ]);
  });

  test("shows no credential, wherever the configuration has one", async () => {
    const server = started();
    for (const path of [
      "/health",
      "/health/models",
      "/health/models/b",
      "/metrics",
      "/health/services",
    ]) {
      expect(await (await server.get(path)).text()).not.toContain("very-secret");
    }
  });

  test("counts a degraded deployment as healthy, and says why", async () => {
    const server = started();
    server.say(0, "degraded", "rate_limited", "HTTP 429: slow down");
    expect((await json(await server.get("/health")))["healthy_endpoints"]).toMatchObject([
      {
        status: "healthy",
        state: "degraded",
        error_type: "rate_limited",
        error: "HTTP 429: slow down",
      },
    ]);
  });

  test("shows a change with the next answer", async () => {
    const server = started();
    expect(await json(await server.get("/health"))).toMatchObject({ healthy_count: 1 });
    server.say(1, "healthy");
    expect(await json(await server.get("/health"))).toMatchObject({
      healthy_count: 2,
      unhealthy_count: 0,
    });
  });

  test("without details shows model, status and error only", async () => {
    const body = await json(await started({ healthCheckDetails: false }).get("/health"));
    expect(body["healthy_endpoints"]).toEqual([{ model: "openai/gpt-4", status: "healthy" }]);
    expect(body["unhealthy_endpoints"]).toEqual([
      { model: "azure/gpt-4-eu", status: "unhealthy", error: "HTTP 500: boom" },
    ]);
  });

  type State = ReturnType<typeof started>["state"];
  const unwell: [title: string, change: (state: State) => Partial<State>, reason: RegExp][] = [
    [
      "its database is disconnected",
      ({ database }) => ({ database: { ...database, status: "disconnected" } }),
      /database/,
    ],
    [
      "its Redis is disconnected",
      ({ redis }) => ({ redis: { ...redis, status: "disconnected" } }),
      /Redis/,
    ],
    [
      "a prober thread is dead",
      () => ({ threads: [{ thread: 0, alive: false, restarts: 0 }] }),
      /thread 0/,
    ],
  ];
  for (const [title, change, reason] of unwell) {
    test(`answers 503 when ${title}, with the whole body and the reason`, async () => {
      const server = started();
      Object.assign(server.state, change(server.state));
      const response = await server.get("/health");
      expect(response.status).toBe(503);
      const body = await json(response);
      expect(body).toMatchObject({ status: "unhealthy", healthy_count: 1 });
      expect(String(body["reasons"])).toMatch(reason);
    });
  }

  test("stays 200 when models are down, unless the policy says otherwise", async () => {
    const status = async (
      healthStatusPolicy: "services" | "any_group_down" | "all_down",
      states: ("healthy" | "unhealthy")[],
    ) => {
      const server = startContext(threeModels, { healthStatusPolicy });
      for (const [slot, state] of states.entries())
        server.say(slot, state, state === "healthy" ? "ok" : "reset");
      return (await server.get("/health")).status;
    };
    expect(await status("services", ["unhealthy", "unhealthy", "unhealthy"])).toBe(200);
    expect(await status("any_group_down", ["unhealthy", "healthy", "healthy"])).toBe(200);
    expect(await status("any_group_down", ["healthy", "healthy", "unhealthy"])).toBe(503);
    expect(await status("all_down", ["healthy", "healthy", "unhealthy"])).toBe(200);
    expect(await status("all_down", ["unhealthy", "unhealthy", "unhealthy"])).toBe(503);
  });
});

describe("a targeted request", () => {
  const ids = async (response: Response) => {
    const body = await json(response);
    return ["healthy_endpoints", "unhealthy_endpoints", "unknown_endpoints"].flatMap((list) =>
      (body[list] as { model_id: string }[]).map(({ model_id }) => model_id),
    );
  };
  const found: [query: string, expected: string[]][] = [
    ["model=gpt", ["a", "b"]],
    ["model=gpt-alias", ["a", "b"]],
    ["model=anthropic/claude-2", ["c/1"]],
    ["model_id=b", ["b"]],
    ["model_id=b&model=claude", ["b"]],
    ["provider=azure", ["b"]],
    ["status=unknown", ["c/1"]],
    ["status=healthy", ["a"]],
  ];
  for (const [query, expected] of found) {
    test(`?${query} finds ${expected.join(" and ")}`, async () => {
      expect(await ids(await started().get(`/health?${query}`))).toEqual(expected);
    });
  }

  const statuses: [query: string, status: number][] = [
    ["model=gpt", 200],
    ["model_id=b", 503],
    ["model=claude", 503],
    ["model_id=b&fail_on=none", 200],
    ["model=gpt&fail_on=any", 503],
    ["model=gpt&fail_on=all", 200],
    // What is shown of a group changes nothing of how it is.
    ["model=gpt&status=unhealthy", 200],
    ["model=gpt&status=unhealthy&fail_on=all", 200],
    ["model=gpt&status=healthy&fail_on=any", 503],
    ["model=claude&status=healthy", 503],
    ["fail_on=any", 503],
    ["fail_on=all", 200],
    ["provider=azure", 200],
    ["model=nobody", 404],
    ["model_id=nobody", 404],
    ["provider=nobody", 404],
    ["status=great", 400],
    ["limit=0", 400],
    ["limit=many", 400],
    ["fail_on=sometimes", 400],
    ["cursor=zzz", 400],
  ];
  for (const [query, status] of statuses) {
    test(`?${query} answers ${status}`, async () => {
      const response = await started().get(`/health?${query}`);
      expect(response.status).toBe(status);
      if (status === 400 || status === 404) {
        expect(await json(response)).toMatchObject({
          error: { message: expect.any(String), code: String(status) },
        });
      }
    });
  }

  const explained: [query: string, message: string][] = [
    ["status=great", "parameter status is not one of unknown, healthy, degraded, unhealthy"],
    ["limit=0", "a parameter is wrong: expected integer to be greater or equal to 1"],
    ["limit=many", "parameter limit is not a whole number from 1 to 10000"],
    ["fail_on=now", "parameter fail_on is not one of any, all, none"],
    ["model=nobody", 'no deployment serves model "nobody"'],
  ];
  for (const [query, message] of explained) {
    test(`?${query} is told what is wrong`, async () => {
      expect(await json(await started().get(`/health?${query}`))).toMatchObject({
        error: { message },
      });
    });
  }

  test("in pages sees every deployment once, and the counts are of all", async () => {
    const server = started();
    const seen: string[] = [];
    let cursor = "";
    for (let page = 0; page < 10; page += 1) {
      const response = await server.get(`/health?limit=1${cursor}`);
      const body = await json(response.clone() as Response);
      expect(body).toMatchObject({ healthy_count: 1, unhealthy_count: 1, unknown_count: 1 });
      seen.push(...(await ids(response)));
      if (body["next_cursor"] === undefined) break;
      cursor = `&cursor=${body["next_cursor"]}`;
    }
    expect(seen).toEqual(["a", "b", "c/1"]);
  });

  test("in pages of one status goes on behind a deployment that has another since", async () => {
    const server = startContext(threeModels);
    for (const slot of [0, 1, 2]) server.say(slot, "unhealthy", "server_error", "HTTP 500: boom");
    const first = await json(await server.get("/health?status=unhealthy&limit=1"));
    expect(first).toMatchObject({ unhealthy_endpoints: [{ model_id: "a" }], unhealthy_count: 3 });
    server.say(0, "healthy");
    const cursor = first["next_cursor"];
    const next = await server.get(`/health?status=unhealthy&limit=1&cursor=${cursor}`);
    expect(await ids(next)).toEqual(["b"]);
  });
});

describe("an answer", () => {
  test("carries an entity tag, and 304 when the client has it already", async () => {
    const server = started();
    const first = await server.get("/health");
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("cache-control")).toBe("no-cache");
    const second = await server.get("/health", { "if-none-match": etag });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe("");
    server.say(1, "healthy");
    expect((await server.get("/health", { "if-none-match": etag })).status).toBe(200);
  });

  const decoders: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    gzip: (bytes) => gunzipSync(bytes),
    zstd: (bytes) => zstdDecompressSync(bytes),
  };
  for (const [encoding, decode] of Object.entries(decoders)) {
    test(`is compressed with ${encoding} for a client that accepts it`, async () => {
      const server = started();
      const response = await server.get("/health", { "accept-encoding": encoding });
      expect(response.headers.get("content-encoding")).toBe(encoding);
      expect(response.headers.get("vary")).toBe("Accept-Encoding");
      const plain = await (await server.get("/health")).text();
      expect(new TextDecoder().decode(decode(await response.bytes()))).toBe(plain);
    });
  }

  test("is not compressed for a client that forbids it", async () => {
    const response = await started().get("/health", { "accept-encoding": "gzip;q=0, identity" });
    expect(response.headers.get("content-encoding")).toBeNull();
  });
});

describe("GET /health/models", () => {
  test("lists the same entries by status", async () => {
    const body = await json(await started().get("/health/models"));
    expect(Object.keys(body)).toEqual(["healthy", "unhealthy", "unknown"]);
    expect(body["healthy"]).toMatchObject([
      { model: "openai/gpt-4", api_base: expect.any(String), last_check: expect.any(String) },
    ]);
    expect(body["unhealthy"]).toMatchObject([{ model_id: "b" }]);
  });

  test("stays 200 when what was asked for is down", async () => {
    expect((await started().get("/health/models?model_id=b")).status).toBe(200);
  });

  test("of one id gives its entry with history", async () => {
    const body = await json(await started().get("/health/models/b"));
    expect(body).toMatchObject({
      model_id: "b",
      history: { checks: 1, passed: 0, outcomes: { server_error: 1 } },
      phases_ms: { total: 45.6 },
    });
  });

  test("finds an id with a slash in it", async () => {
    expect((await started().get(`/health/models/${encodeURIComponent("c/1")}`)).status).toBe(200);
  });

  test("of an unknown id is 404", async () => {
    expect((await started().get("/health/models/nobody")).status).toBe(404);
  });
});
