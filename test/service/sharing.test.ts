// Replicas with one Redis, as an operator runs them: processes that divide a fleet among them, and go on when one of them, or Redis, is gone.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { type CountingUpstream, startCountingUpstream } from "../fleet/counting-upstream.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import type { RunningService } from "./process.ts";
import {
  check,
  divided,
  healthyOf,
  metricOf,
  type Replicas,
  replicas,
  sharesOf,
  statusOf,
} from "./replicas.ts";

const boundMs = 60_000;
const deployments = 12;
const numbers = Array.from({ length: deployments }, (_, number) => number);
let redis: RedisServer;
let upstream: CountingUpstream;
let running: Replicas;

beforeAll(async () => {
  redis = await startRedis();
}, boundMs);
afterAll(() => redis.stop());
beforeEach(() => {
  upstream = startCountingUpstream();
});
afterEach(async () => {
  await running.stop();
  await upstream.stop();
});

const asked = () => numbers.map((number) => upstream.asked(number));
const askedInAll = () => asked().reduce((sum, count) => sum + count, 0);
const each = (count: number) => numbers.map(() => count);
const isKnown = async (service: RunningService) =>
  (await healthyOf(service)).length === deployments;

/** The first has asked everything when the second comes, which asks nothing before it is due. */
async function startTwo(options: { more?: string; own?: string; env?: Record<string, string> }) {
  running = replicas({ upstream, redisUrl: redis.url, deployments, ...options });
  const one = await running.start("one");
  await eventually("the first has asked everything", () => isKnown(one));
  const two = await running.start("two");
  await divided([one, two], deployments);
  return { one, two };
}

/** A deployment that the other one asks. */
async function foreignTo(service: RunningService): Promise<string> {
  let found: string | undefined;
  await eventually("it shows one of the other's", async () => {
    found = (await healthyOf(service)).find(({ source }) => source === "peer")?.model_id;
    return found !== undefined;
  });
  return found ?? "";
}

describe("two replicas", () => {
  test(
    "that start at once divide the fleet, and show all of it each",
    async () => {
      running = replicas({
        ...{ upstream, redisUrl: redis.url, deployments },
        own: ", history: false",
      });
      const started = await Promise.all([running.start("one"), running.start("two")]);
      await divided(started, deployments);
      for (const service of started) {
        await eventually("it shows the whole fleet", () => isKnown(service));
      }
      const owned = await Promise.all(
        started.map((service) => metricOf(service, "fleetpulse_cluster_owned_deployments")),
      );
      expect(owned.reduce((sum, count) => sum + count, 0)).toBe(deployments);
    },
    boundMs,
  );

  test(
    "of which one comes later ask nothing twice, and each deployment is asked by one of them",
    async () => {
      const { one, two } = await startTwo({ own: ", history: false" });
      await eventually("the second shows the whole fleet", () => isKnown(two));
      expect(asked()).toEqual(each(1));
      const status = await statusOf(two);
      expect(status).toMatchObject({ redis_available: true, cluster: running.clusterName });
      expect(status?.members.map(({ node }) => node).sort()).toEqual(["one", "two"]);
      expect((await statusOf(one))?.pod_id).not.toBe(status?.pod_id);
      await eventually("all are asked again", async () => {
        await check(two);
        return asked().every((count) => count > 1);
      });
      const sources = async (service: RunningService) =>
        new Map((await healthyOf(service)).map(({ model_id, source }) => [model_id, source]));
      await eventually("what one asks the other knows from it", async () => {
        const [own, other] = [await sources(one), await sources(two)];
        return [...own].every(([id, source]) =>
          Bun.deepEquals([source, other.get(id)].sort(), ["peer", "probe"]),
        );
      });
    },
    boundMs,
  );

  test(
    "answer a check of what the other asks with its fresh outcome, and count each probe once",
    async () => {
      const { one, two } = await startTwo({ own: ", history: false" });
      const modelId = await foreignTo(two);
      const number = Number(modelId.slice("id-".length));
      const before = (await healthyOf(two)).find((entry) => entry.model_id === modelId);
      // What was asked within the last second is not asked again.
      let answer = await check(two, modelId);
      await eventually("it was asked again", async () => {
        answer = await check(two, modelId);
        return upstream.asked(number) > 1;
      });
      const [entry] = answer.entries;
      expect(answer).toMatchObject({ pending: 0, entries: [{ model_id: modelId }] });
      expect(Date.parse(entry?.last_check ?? "")).toBeGreaterThan(
        Date.parse(before?.last_check ?? ""),
      );
      expect(entry?.source).toBe("peer");
      expect(await metricOf(one, "fleetpulse_cluster_members")).toBe(2);
      await eventually("together they count what the provider counts", async () => {
        const counted = await Promise.all(
          [one, two].map((service) => metricOf(service, "fleetpulse_probes_total")),
        );
        return counted.reduce((sum, count) => sum + count, 0) === askedInAll();
      });
    },
    boundMs,
  );

  test(
    "that were told so by the proxy's own setting write each check into one PostgreSQL once",
    async () => {
      const postgres: PostgresServer = await startPostgres();
      try {
        const { one, two } = await startTwo({
          more: "general_settings: {use_shared_health_check: true}\nlitellm_settings: {cache_params: {namespace: CLUSTER}}",
          env: { DATABASE_URL: postgres.url },
        });
        expect((await statusOf(one))?.cluster).toBe(running.clusterName);
        await eventually("all is known", () => isKnown(two));
        const isWritten = async (service: RunningService) => {
          const page = await (await service.get("/health/history")).json();
          return (page as { total_records: number }).total_records === askedInAll();
        };
        // Of two outcomes between two looks of the recorder only the last has an entry.
        await eventually("what the first asked is there", () => isWritten(one));
        await eventually("all were asked again", async () => {
          await check(two);
          return asked().every((count) => count > 1);
        });
        for (const service of [one, two]) {
          await eventually("what was asked is there", () => isWritten(service));
        }
      } finally {
        await running.stop();
        await postgres.stop();
      }
    },
    boundMs,
  );
});

describe("a replica", () => {
  test(
    "that is killed has its share asked by the other",
    async () => {
      const { one, two } = await startTwo({ own: ", history: false" });
      two.child.kill("SIGKILL");
      await two.child.exited;
      await eventually("the first has everything", async () =>
        Bun.deepEquals(await sharesOf(one), [deployments]),
      );
      await eventually("it asks everything", async () => {
        const { pending, entries } = await check(one);
        return pending === 0 && entries.every(({ source }) => source === "probe");
      });
      expect(asked().every((count) => count > 1)).toBe(true);
    },
    boundMs,
  );

  test(
    "that is told to stop has given its share to the other before it ends",
    async () => {
      const { one, two } = await startTwo({ own: ", history: false" });
      const client = new Redis(redis.url);
      const [members = ""] = await client.keys(`fleetpulse:{${running.clusterName}:*members`);
      const left = (await statusOf(two))?.pod_id ?? "";
      two.child.kill("SIGTERM");
      expect(await two.child.exited).toBe(0);
      expect(await client.zscore(members, left)).toBeNull();
      client.disconnect();
      await eventually("the first has everything", async () =>
        Bun.deepEquals(await sharesOf(one), [deployments]),
      );
    },
    boundMs,
  );

  test(
    "that is drained gives its share to the other while it is still there",
    async () => {
      const { one, two } = await startTwo({
        more: "general_settings: {enable_drain_endpoint: true}",
        own: ", history: false",
      });
      expect((await two.get("/health/drain")).status).toBe(200);
      await eventually("the first has everything", async () =>
        Bun.deepEquals(await sharesOf(one), [deployments]),
      );
      expect((await two.get("/health/liveliness")).status).toBe(503);
    },
    boundMs,
  );

  test(
    "that reads a new configuration leaves the others, and is back when all have read it",
    async () => {
      const { one, two } = await startTwo({ own: ", history: false" });
      const config = await Bun.file(`${one.folder}/config.yaml`).text();
      const next = config.replace("interval: 600", "interval: 500");
      const isAlone = async (service: RunningService) =>
        Bun.deepEquals(await sharesOf(service), [deployments]);
      one.configure(next);
      await eventually("each has everything", async () => (await isAlone(one)) && isAlone(two));
      two.configure(next);
      await divided([one, two], deployments);
      expect((await healthyOf(one)).length).toBe(deployments);
    },
    boundMs,
  );
});

test(
  "replicas whose Redis is gone ask everything each, and divide the fleet again when it is back",
  async () => {
    const { one, two } = await startTwo({ own: ", history: false" });
    await redis.kill();
    for (const service of [one, two]) {
      await eventually("it has no place", async () => {
        const status = await statusOf(service);
        return status?.lock_owner === null && !status.redis_available;
      });
    }
    for (const service of [one, two]) {
      await eventually("it asks everything by itself", async () => {
        const { pending, entries } = await check(service);
        return pending === 0 && entries.every(({ source }) => source === "probe");
      });
      expect(await metricOf(service, "fleetpulse_cluster_up")).toBe(0);
      expect(service.output()).toContain("asks every deployment by itself");
    }
    await redis.start();
    await divided([one, two], deployments);
    await eventually("each shows what the other asks", async () =>
      (await check(one)).entries.some(({ source }) => source === "peer"),
    );
  },
  boundMs,
);

test(
  "a replica that starts without its Redis asks everything",
  async () => {
    running = replicas({
      ...{ upstream, redisUrl: "redis://127.0.0.1:1", deployments },
      own: ", history: false",
    });
    const one = await running.start("one");
    await eventually("all is known", () => isKnown(one));
    expect(asked()).toEqual(each(1));
    expect(await sharesOf(one)).toEqual([]);
  },
  boundMs,
);
