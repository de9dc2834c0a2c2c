import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { startRedis } from "../servers/redis.ts";
import { type Health, type RunningService, runService } from "./process.ts";

let provider: DemoProvider;
let running: RunningService[] = [];

beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0 });
});
afterAll(() => provider.stop());
afterEach(async () => {
  for (const { child } of running) {
    child.kill("SIGKILL");
    await child.exited;
  }
  running = [];
});

async function run(...given: Parameters<typeof runService>): Promise<RunningService> {
  const service = await runService(...given);
  running.push(service);
  return service;
}

function config(behaviours: readonly string[], more = ""): string {
  const models = behaviours.map(
    (behaviour, index) => `  - model_name: group-${index}
    litellm_params:
      model: openai/model-${index}
      api_base: ${provider.url}/${behaviour}-${index}/v1
      api_key: sk-secret-of-${index}
    model_info: {id: "id-${index}"}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {interval: 1, confirm_interval: 0.1, timeout: 0.5, fall: 1, service_interval: 0.2, service_timeout: 0.5}\n${more}`;
}

const known = async (service: RunningService) => (await service.health()).unknown_count === 0;

describe("the service", () => {
  test("probes what ./config.yaml lists and answers the documented client's patterns", async () => {
    const service = await run(config(["ok", "auth", "ok"]));
    await eventually("all are known", () => known(service));
    const health = await service.health();
    expect(health["litellm_version"]).toBe("unknown");
    expect(health.unhealthy_endpoints.map((model) => [model["model"], model["error"]])).toEqual([
      ["openai/model-1", expect.stringContaining("401")],
    ]);
    const models = (await (await service.get("/health/models")).json()) as {
      healthy: { last_check: string }[];
    };
    expect(Date.parse(models.healthy[0]?.last_check ?? "")).toBeGreaterThan(0);
    expect(await (await service.get("/health/liveliness")).json()).toBe("I'm alive!");
    await eventually("it is ready", async () => {
      const { status } = (await (await service.get("/health/readiness")).json()) as Health;
      return status === "ready";
    });
    expect(service.output()).toContain("3 deployments in 3 model groups");
  }, 60_000);

  test("shows no secret anywhere, though upstreams echo the keys", async () => {
    const service = await run(
      config(["auth", "auth"], "general_settings: {master_key: sk-master-secret}\n"),
    );
    const get = (path: string) =>
      fetch(`${service.url}${path}`, { headers: { authorization: "Bearer sk-master-secret" } });
    await eventually("both are known", async () => {
      const { unknown_count } = (await (await get("/health")).json()) as { unknown_count: number };
      return unknown_count === 0;
    });
    const texts = await Promise.all(
      ["/health", "/health/models", "/health/models/id-0", "/health/services", "/metrics"].map(
        async (path) => (await get(path)).text(),
      ),
    );
    expect([...texts, service.output()].join()).not.toMatch(/secret-of|master-secret/);
    expect((await service.get("/health")).status).toBe(401);
  }, 60_000);

  test("lists what cannot be probed as unhealthy with the reason, and probes the rest", async () => {
    const more = `  - {model_name: lost, litellm_params: {model: openai/x, api_key: os.environ/NOT_SET_ANYWHERE}, model_info: {id: lost}}\n`;
    const text = config(["ok"]).replace("fleetpulse:", `${more}fleetpulse:`);
    const service = await run(text);
    await eventually("all are known", () => known(service));
    const { healthy_count, unhealthy_endpoints } = await service.health();
    expect(healthy_count).toBe(1);
    expect(unhealthy_endpoints).toMatchObject([
      {
        model_id: "lost",
        error_type: "config",
        error: expect.stringContaining("NOT_SET_ANYWHERE"),
      },
    ]);
  }, 60_000);

  test("follows its file: new deployments are probed, old ones keep their history, a bad file changes nothing", async () => {
    const service = await run(config(["ok", "ok"]));
    await eventually("all are known", () => known(service));
    const before = (await (await service.get("/health/models/id-0")).json()) as {
      history: { checks: number };
    };

    service.configure(config(["ok", "ok", "ok"]));
    await eventually(
      "the third is healthy",
      async () => (await service.health()).healthy_count === 3,
    );
    const after = (await (await service.get("/health/models/id-0")).json()) as {
      history: { checks: number };
    };
    expect(after.history.checks).toBeGreaterThanOrEqual(before.history.checks);

    const warnings = () =>
      service.output().match(/the new value of fleetpulse\.threads takes effect with a restart/g) ??
      [];
    const three = config(["ok", "ok", "ok"]).replace("fall: 1", "fall: 1, threads: 3");
    service.configure(three);
    await eventually("what needs a restart is named", () => warnings().length === 1);
    service.configure(`${three}# as before\n`);
    await eventually("it is named as long as it differs", () => warnings().length === 2);
    service.configure(config(["ok", "ok", "ok"]));
    await eventually(
      "the way back is taken",
      () => (service.output().match(/reloaded/g) ?? []).length === 4,
    );
    expect(warnings()).toHaveLength(2);

    service.configure("model_list: [not a model]\n");
    await eventually("the file is refused", () => service.output().includes("is refused"));
    expect(service.output()).toContain("config.yaml:1:14: model_list[0]: this is not a model");
    expect((await service.health()).healthy_count).toBe(3);
  }, 60_000);

  test("keeps its key, and its models, when a reload would let everybody in or is of a file that is being written", async () => {
    const keyed = config(["ok"], "general_settings: {master_key: sk-master-secret}\n");
    const service = await run(keyed);
    const url = service.url.replace("0.0.0.0", "127.0.0.1");
    const health = (key: string) =>
      fetch(`${url}/health`, { headers: { authorization: `Bearer ${key}` } });
    service.configure(config(["ok"]));
    await eventually("the loss of the key is refused", () =>
      service.output().includes("general_settings.master_key: there is no key any more"),
    );
    service.configure("");
    await eventually("the empty file is refused", () =>
      service.output().includes("model_list: there is no list of models"),
    );
    expect((await health("sk-wrong")).status).toBe(401);
    const { healthy_count, unhealthy_count, unknown_count } = (await (
      await health("sk-master-secret")
    ).json()) as Record<string, number>;
    expect((healthy_count ?? 0) + (unhealthy_count ?? 0) + (unknown_count ?? 0)).toBe(1);
  }, 60_000);

  test("takes a refused reload over once the file that it includes is mended", async () => {
    const service = await run(config(["ok"]));
    const more = (text: string) => writeFileSync(join(service.folder, "more.yaml"), text);
    more("fleetpulse: {rise: 0}\n");
    service.configure(`include: [more.yaml]\n${config(["ok", "ok"])}`);
    await eventually("it is refused", () => service.output().includes("fleetpulse.rise: 0 is not"));
    more("general_settings: {}\n");
    await eventually("it is taken over", () =>
      service.output().includes("configuration reloaded: 2 deployments"),
    );
  }, 60_000);

  test("reads its file again on SIGHUP", async () => {
    const service = await run(config(["ok"]));
    await eventually("it is known", () => known(service));
    service.child.kill("SIGHUP");
    await eventually("it was read", () => service.output().includes("configuration reloaded"));
  }, 60_000);

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`ends by itself with exit code 0 on ${signal}, also with probes in flight`, async () => {
      const service = await run(config(["hang", "ok"]));
      await eventually(
        "the well one is known",
        async () => (await service.health()).healthy_count === 1,
      );
      service.child.kill(signal);
      expect(await service.child.exited).toBe(0);
    }, 60_000);
  }

  test("sees PostgreSQL and Redis hang and come back, and answers all the while", async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const service = await run(config(["ok"]), {
      env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    });
    const both = async (db: string, of: string) => {
      const health = await service.health();
      return health["db"] === db && health["redis"] === of;
    };
    await eventually("both are connected", () => both("connected", "connected"));
    await eventually("it is ready", async () => (await service.get("/health/readiness")).ok);
    expect((await service.get("/health")).status).toBe(200);
    postgres.freeze();
    redis.freeze();
    await eventually("both are disconnected", () => both("disconnected", "disconnected"));
    expect((await service.get("/health")).status).toBe(503);
    expect((await service.get("/health/readiness")).status).toBe(200);
    postgres.thaw();
    redis.thaw();
    await eventually("both are connected again", () => both("connected", "connected"));
    const services = await (await service.get("/health/services")).json();
    expect(services).toMatchObject({
      database: { engine: "postgresql", latency_ms: expect.any(Number) },
    });
    expect(service.output()).not.toContain(postgres.password);
    await Promise.all([postgres.stop(), redis.stop()]);
  }, 90_000);
});

test("the service starts while PostgreSQL hangs", async () => {
  const postgres = await startPostgres();
  postgres.freeze();
  const service = await run(config(["ok"]), { env: { DATABASE_URL: postgres.url } });
  await eventually("it is probed", async () => (await service.health()).healthy_count === 1);
  postgres.thaw();
  await postgres.stop();
}, 60_000);

describe("without a configuration", () => {
  test("the demo fleet starts, and one line says so", async () => {
    const service = await run(null);
    expect(service.output()).toContain("DEMO fleet");
    expect(service.output()).toContain("300 deployments");
    await eventually("most are known", async () => (await service.health()).healthy_count > 200);
    await eventually("faults show", async () => (await service.health()).unhealthy_count > 10);
  }, 60_000);

  test("production refuses to start, with what to do and exit code 1", async () => {
    const service = await run(null, { env: { NODE_ENV: "production" } });
    expect(await service.child.exited).toBe(1);
    await eventually("it says why", () => service.output().includes("--config FILE"));
  }, 60_000);
});

describe("with a configuration that is wrong", () => {
  test("it does not start, says everything at once, and exits with 2", async () => {
    const service = await run("model_list: [x, y]\nfleetpulse: {thread: 1}\n");
    expect(await service.child.exited).toBe(2);
    await eventually(
      "all three are named",
      () => (service.output().match(/config\.yaml:\d+:\d+/g) ?? []).length === 3,
    );
  }, 60_000);
});
