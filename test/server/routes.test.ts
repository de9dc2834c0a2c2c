import { afterAll, describe, expect, test } from "bun:test";
import { Secret } from "../../src/config/secret.ts";
import { startServer } from "../../src/server/server.ts";
import { startContext, threeModels } from "./context.ts";

describe("liveliness", () => {
  for (const path of ["/health/liveliness", "/health/liveness"]) {
    test(`${path} says "I'm alive!" as a JSON string, to GET, HEAD and OPTIONS`, async () => {
      const server = startContext(threeModels);
      const response = await server.get(path);
      expect(await response.text()).toBe(`"I'm alive!"`);
      expect((await server.get(path, {}, "OPTIONS")).status).toBe(204);
    });
  }
});

describe("readiness", () => {
  test("is ready when the database was reached and every thread has reported in", async () => {
    const server = startContext(threeModels);
    const response = await server.get("/health/readiness");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "ready",
      db_initialized: true,
      router_initialized: true,
      db: "connected",
      redis: "not_configured",
      litellm_version: "1.50.0",
    });
  });

  test("is 503 before that", async () => {
    const server = startContext(threeModels);
    server.state.ready = false;
    const response = await server.get("/health/readiness");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: "not_ready", db_initialized: false });
  });

  test("answers OPTIONS, as the proxy does", async () => {
    const response = await startContext(threeModels).get("/health/readiness", {}, "OPTIONS");
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });

  test("stays ready when a database that was reached is lost", async () => {
    const server = startContext(threeModels);
    server.state.database = { ...server.state.database, status: "disconnected" };
    expect((await server.get("/health/readiness")).status).toBe(200);
  });
});

describe("services", () => {
  test("shows measured round trips, engine, groups and deployments", async () => {
    const server = startContext(threeModels);
    server.state.database = { ...server.state.database, engine: "sqlite" };
    expect(await (await server.get("/health/services")).json()).toEqual({
      database: {
        status: "connected",
        latency_ms: 1.25,
        engine: "sqlite",
        last_check: "2026-01-02T03:04:05.678Z",
        error: null,
      },
      redis: {
        status: "not_configured",
        latency_ms: 1.25,
        last_check: "2026-01-02T03:04:05.678Z",
        error: null,
      },
      router: { status: "initialized", models: 2, deployments: 3 },
    });
  });

  test("shows the proxy when one is watched", async () => {
    const server = startContext(threeModels);
    server.state.proxy = { ...server.state.database, status: "disconnected", error: "refused" };
    expect(await (await server.get("/health/services")).json()).toMatchObject({
      proxy: { status: "disconnected", error: "refused" },
    });
  });
});

describe("the key", () => {
  const key = "sk-master-key";
  const locked = (changes = {}) =>
    startContext(threeModels, { masterKey: new Secret(key), ...changes });

  for (const path of [
    "/health",
    "/health/models",
    "/health/models/a",
    "/health/services",
    "/health/backlog",
    "/metrics",
    "/metrics/",
    "/openapi/swagger-ui.css",
    "/openapi",
    "/openapi/json",
  ]) {
    test(`is needed for ${path}`, async () => {
      const server = locked();
      const refused = await server.get(path);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect((await server.get(path, { authorization: "Bearer wrong" })).status).toBe(401);
      expect((await server.get(path, { authorization: `Bearer ${key}` })).status).toBe(200);
    });
  }

  for (const path of ["/health/check?timeout=0", "/health/test_connection"]) {
    test(`is needed for POST ${path}`, async () => {
      const server = locked();
      expect((await server.post(path)).status).toBe(401);
      const answer = await server.post(path, {}, { authorization: `Bearer ${key}` });
      expect(answer.status).not.toBe(401);
    });
  }

  test("comes before everything else: without it nobody learns what a route would say of the question", async () => {
    const server = locked();
    for (const path of ["/health?limit=x", "/health/models?status=x", "/health/history?limit=x"]) {
      expect((await server.get(path)).status).toBe(401);
      expect((await server.get(path, { authorization: `Bearer ${key}` })).status).toBe(400);
    }
    expect((await server.post("/health/check?timeout=x")).status).toBe(401);
    const open = locked({ publicRoutes: ["/health"] });
    expect((await open.get("/health?limit=x")).status).toBe(400);
  });

  for (const path of ["/health/liveliness", "/health/liveness", "/health/readiness"]) {
    test(`is not needed for ${path}`, async () => {
      expect((await locked().get(path)).status).toBe(200);
    });
  }

  test("is not needed for what the operator lists as public", async () => {
    const server = locked({ publicRoutes: ["/health", "/openapi*"] });
    expect((await server.get("/health")).status).toBe(200);
    expect((await server.get("/openapi/swagger-ui.css")).status).toBe(200);
    expect((await server.get("/health/models")).status).toBe(401);
  });

  test("is not needed for metrics when the proxy's setting says so", async () => {
    expect((await locked({ requireAuthForMetrics: false }).get("/metrics")).status).toBe(200);
  });
});

describe("an error", () => {
  test("of a route that does not exist is 404 in the documented shape", async () => {
    const response = await startContext(threeModels).get("/nothing/here");
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: { message: "there is no such route", type: "not_found_error", code: "404" },
    });
  });

  test("of a method that a route does not answer is 405 and names those it does", async () => {
    const response = await startContext(threeModels).get("/health", {}, "DELETE");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toContain("GET");
  });

  test("of a GET to a route that answers POST only is 405, so nothing is probed by a link", async () => {
    const response = await startContext(threeModels).get("/health/check");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  test("of our own tells nothing to the client and everything to the log", async () => {
    const server = startContext(threeModels);
    server.metrics.expose = () => Promise.reject(new Error("secret detail"));
    const response = await server.get("/metrics");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret detail");
    expect(server.state.faults.join()).toContain("secret detail");
  });
});

describe("the API's page", () => {
  test("loads script and style from this server alone", async () => {
    const server = startContext(threeModels);
    const page = await (await server.get("/openapi")).text();
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(loaded).toEqual(["/openapi/swagger-ui.css", "/openapi/swagger-ui-bundle.js"]);
    for (const url of loaded) expect((await server.get(url ?? "")).status).toBe(200);
  });

  test("describes every route that clients use", async () => {
    const { paths } = (await (await startContext(threeModels).get("/openapi/json")).json()) as {
      paths: object;
    };
    expect(Object.keys(paths).sort()).toEqual(
      [
        "/callbacks/litellm",
        "/health",
        "/health/backlog",
        "/health/check",
        "/health/drain",
        "/health/history",
        "/health/latest",
        "/health/liveliness",
        "/health/liveness",
        "/health/models",
        "/health/models/{model_id}",
        "/health/readiness",
        "/health/services",
        "/health/shared-status",
        "/health/test_connection",
        "/metrics",
      ].sort(),
    );
  });
});

describe("a listening server", () => {
  const contextOf = () => startContext(threeModels).context;
  const listening = startServer(contextOf(), { hostname: "127.0.0.1", port: 0 });
  afterAll(() => listening.stop());

  test("answers HEAD like GET, without a body", async () => {
    for (const path of ["health", "health/liveliness", "health/readiness", "metrics"]) {
      const response = await fetch(new URL(path, listening.url), { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
    }
  });

  test("refuses a second server on its port", () => {
    const port = Number(listening.url.port);
    expect(() => startServer(contextOf(), { hostname: "127.0.0.1", port })).toThrow();
  });

  test("turns liveliness and readiness into 503 while it stops, and answers the rest", async () => {
    const stopping = startServer(contextOf(), { hostname: "127.0.0.1", port: 0 });
    stopping.announceShutdown();
    for (const path of ["health/liveliness", "health/liveness", "health/readiness"]) {
      const response = await fetch(new URL(path, stopping.url));
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ status: "shutting_down" });
    }
    expect((await fetch(new URL("health/models", stopping.url))).status).toBe(200);
    await stopping.stop();
  });
});
