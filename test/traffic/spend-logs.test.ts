// The traffic thread, as it runs in the service, on the table of a real PostgreSQL.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { createTraffic, type Traffic } from "../../src/traffic/traffic.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { payload } from "./payloads.ts";
import { newerIndex, table, writeRows } from "./proxy-database.ts";

let server: PostgresServer;
let folder = "";
let running: Traffic[] = [];

beforeAll(async () => {
  server = await startPostgres();
  await server.query("create role reader login password 'reader-secret'");
}, 60_000);
afterAll(() => server.stop());
afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
  await server.query('drop table if exists "LiteLLM_SpendLogs"');
  if (folder !== "") removeFolder(folder);
  folder = "";
});

async function made(): Promise<void> {
  folder = temporaryFolder("spend-logs");
  await server.query(table);
  await server.query(newerIndex);
  await server.query('grant select on "LiteLLM_SpendLogs" to reader');
}

function reader(): string {
  const url = new URL(server.url);
  url.username = "reader";
  url.password = "reader-secret";
  return url.href;
}

const workerEntry = new URL("../../workers/traffic.ts", import.meta.url);

function follow({
  latenessMs = 900_000,
  url = reader(),
  positionFile = "position",
  entry = workerEntry,
} = {}) {
  const notices: string[] = [];
  const traffic = createTraffic({
    clock: systemClock,
    entry,
    settings: {
      teamLabels: true,
      keyLabels: false,
      seriesMax: 100,
      latencyBuckets: null,
      litellmHistograms: false,
      bytesMax: 1_000_000,
      passive: null,
      spendLogs: { url, intervalMs: 50, latenessMs, timeoutMs: 2000 },
      positionFile: join(folder, positionFile),
    },
    onPassive: () => {},
    onNotice: (text) => notices.push(text),
  });
  running.push(traffic);
  traffic.follow([{ slot: 0, modelId: "a", modelName: "gpt", provider: "openai", apiBase: null }]);
  return { traffic, notices };
}

/** Requests that were counted from rows, and from callbacks. */
function counted(traffic: Traffic, source = "spend_logs"): number {
  const found = traffic
    .entries()
    .find(({ labels }) => labels["source"] === source && labels["result"] === "counted");
  return found?.value ?? 0;
}

/** The next two rounds have ended. */
async function rounds(traffic: Traffic): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const before = traffic.spendLogs()?.followedMs ?? 0;
    await eventually("a round ends", () => (traffic.spendLogs()?.followedMs ?? 0) > before);
  }
}

const following = (traffic: Traffic) =>
  eventually("they are followed", () => traffic.spendLogs()?.error === null);

function send(traffic: Traffic, body: string) {
  const text = Buffer.from(body);
  const bytes = new SharedArrayBuffer(text.length);
  new Uint8Array(bytes).set(text);
  return traffic.take({ bytes, length: text.length, encoding: "identity" });
}

describe("spend logs", () => {
  test("are counted with a role that may read them only", async () => {
    await made();
    const { traffic } = follow();
    await following(traffic);
    const failed = {
      status: "failure",
      error_information: { error_code: "429", error_class: "RateLimitError" },
    };
    await writeRows(server, {
      one: {},
      two: { metadata: failed, modelId: "gone" },
      hit: { cacheHit: "True" },
      check: { tags: ["litellm-internal-health-check"] },
    });
    await eventually("both are counted", () => [...traffic.series()].length === 2);
    const series = Object.fromEntries(
      [...traffic.series()].map(([labels, { classes, ...rest }]) => [
        labels["model_id"],
        { labels, classes: classes.filter(([, count]) => count > 0), ...rest },
      ]),
    );
    expect(series["a"]).toMatchObject({
      labels: { model_name: "gpt", model_id: "a", provider: "openai", team: "Payments" },
      classes: [["ok", 1]],
      promptTokens: 10,
      completionTokens: 20,
      costUsd: 0.25,
      duration: { sumSeconds: 2 },
      firstToken: { sumSeconds: 0 },
    });
    expect(series["unknown"]).toMatchObject({ classes: [["rate_limited", 1]] });
  }, 60_000);

  test("have their position kept in a folder that nobody has made yet", async () => {
    await made();
    const first = follow({ positionFile: "data/position" });
    await following(first.traffic);
    await first.traffic.stop();
    expect(existsSync(join(folder, "data/position"))).toBe(true);
    expect(first.notices).toEqual([]);
  }, 60_000);

  test("of before the first start are not counted", async () => {
    await made();
    await writeRows(server, { before: { ago: 5 } });
    const { traffic } = follow();
    await following(traffic);
    await writeRows(server, { after: {} });
    await eventually("the later one is counted", () => counted(traffic) > 0);
    await rounds(traffic);
    expect(counted(traffic)).toBe(1);
  }, 60_000);

  test("that were written late are counted too, and none twice", async () => {
    await made();
    const { traffic } = follow();
    await following(traffic);
    const startedMs = Date.now();
    await writeRows(server, { first: {} });
    await eventually("the first is counted", () => counted(traffic) === 1);
    await rounds(traffic);
    // It began before the first, and is written after it.
    await writeRows(server, { late: { ago: (Date.now() - startedMs) / 1000, seconds: 9 } });
    await eventually("the late one is counted", () => counted(traffic) === 2);
    await rounds(traffic);
    expect(counted(traffic)).toBe(2);
  }, 60_000);

  test("and callbacks tell of the same requests, which count once", async () => {
    await made();
    const { traffic } = follow();
    await following(traffic);
    const tell = (id: string) =>
      send(traffic, JSON.stringify([payload(id, { startTime: Date.now() / 1000 })]));
    await tell("told-first");
    await writeRows(server, { "told-first": {}, "written-first": {} });
    await eventually("the other row is counted", () => counted(traffic) === 1);
    await tell("written-first");
    await rounds(traffic);
    expect([counted(traffic), counted(traffic, "callback")]).toEqual([1, 1]);
  }, 60_000);

  test("are followed from where an earlier process stopped, and counted nowhere twice", async () => {
    await made();
    const first = follow();
    await following(first.traffic);
    await writeRows(server, { seen: {} });
    await eventually("it is counted", () => counted(first.traffic) === 1);
    await first.traffic.stop();
    await writeRows(server, { between: {} });
    const second = follow();
    await eventually("what came between is counted", () => counted(second.traffic) === 1);
    await rounds(second.traffic);
    expect(counted(second.traffic)).toBe(1);
  }, 60_000);

  test("are followed on by a successor of the thread that died, and counted nowhere twice", async () => {
    await made();
    const first = follow();
    await following(first.traffic);
    await first.traffic.stop();
    const entry = new URL("./fragile-traffic.ts", import.meta.url);
    const { traffic, notices } = follow({ entry });
    await following(traffic);
    await writeRows(server, { seen: {} });
    await eventually("it is counted", () => counted(traffic) === 1);
    await send(traffic, "die");
    await eventually("its death is told", () => notices.join().includes("it died"));
    await writeRows(server, { between: {} });
    await eventually("what came between is counted", () => counted(traffic) >= 2);
    await rounds(traffic);
    expect(counted(traffic)).toBe(2);
  }, 60_000);

  test("wait for a database that is away, and what was written meanwhile is counted", async () => {
    await made();
    const { traffic, notices } = follow();
    await following(traffic);
    await server.kill();
    await eventually("that it is away is told", () => traffic.spendLogs()?.error !== null);
    await server.start();
    await writeRows(server, { meanwhile: {} });
    await eventually("it is counted", () => counted(traffic) === 1);
    await following(traffic);
    expect(notices.join("\n")).toMatch(/spend logs cannot be read: .*spend logs are read again/s);
    expect(notices.join("\n")).not.toContain("reader-secret");
  }, 60_000);

  test("are found in the schema that Prisma's URL names", async () => {
    folder = temporaryFolder("spend-logs");
    await server.query("create schema proxy");
    await server.query("grant usage on schema proxy to reader");
    await server.query("alter role postgres set search_path = proxy");
    try {
      await server.query(table);
      await server.query('grant select on "LiteLLM_SpendLogs" to reader');
      const { traffic } = follow({ url: `${reader()}?schema=proxy` });
      await following(traffic);
      await writeRows(server, { one: {} });
      await eventually("it is counted", () => counted(traffic) === 1);
    } finally {
      await server.query("alter role postgres reset search_path");
      await server.query("drop schema proxy cascade");
    }
  }, 60_000);

  test("that are not there are an error that says so, until they are", async () => {
    folder = temporaryFolder("spend-logs");
    const { traffic } = follow();
    await eventually("that there are none is told", () => {
      return traffic.spendLogs()?.error?.includes("no table LiteLLM_SpendLogs") === true;
    });
    await server.query(table);
    await server.query('grant select on "LiteLLM_SpendLogs" to reader');
    await following(traffic);
  }, 60_000);
});
