// A server context over a real table and registry, with services that a test sets by hand.

import type { Clock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import type { Settings } from "../../src/config/settings.ts";
import { createChecks, runCheck } from "../../src/fleet/checks.ts";
import { createConnectionTests } from "../../src/fleet/connection-tests.ts";
import { restingRow } from "../../src/fleet/resting-row.ts";
import { createStaleCount } from "../../src/fleet/stale.ts";
import { runTrial } from "../../src/fleet/trials.ts";
import { HistoryError } from "../../src/history/asker.ts";
import type { Recorder } from "../../src/history/recorder.ts";
import { createHttpTraffic } from "../../src/metrics/http-traffic.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import type { ClusterSample, ExportSample, TrafficReading } from "../../src/metrics/sources.ts";
import type { Outcome } from "../../src/probe/outcome.ts";
import type { Subject } from "../../src/probe/probe.ts";
import { createDirectory, listingsOf } from "../../src/registry/directory.ts";
import { createRegistry, identityOf, type Registry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import type { ClusterShown } from "../../src/server/cluster-shown.ts";
import type { ServerContext, ServiceView } from "../../src/server/context.ts";
import { createApp } from "../../src/server/server.ts";
import { type OutcomeClass, outcomeClasses } from "../../src/table/outcome-class.ts";
import { createReader } from "../../src/table/reader.ts";
import { type State, states } from "../../src/table/row.ts";
import { createTable, type Table } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import type { CallbackBody, CallbackEnd } from "../../src/traffic/messages.ts";
import { exceptionOf } from "../../src/traffic/traffic-class.ts";

const realTimers = {
  set: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
  clear: (timer: unknown) => clearTimeout(timer as Timer | undefined),
};

export const wallMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** `historyOf` makes what the routes of history ask; without it none is kept. */
export function startContext(
  config: string,
  changes: Partial<Settings> = {},
  historyOf: (table: Table, registry: Registry) => Pick<Recorder, "ask" | "state"> | null = () =>
    null,
) {
  const parsed = parseConfig(config, { file: "f", flags: {}, environment: {}, cores: 2 });
  const settings = { ...parsed.settings, ...changes };
  const { deployments } = resolveDeployments(parsed.entries, settings, {});
  const table = createTable(Math.max(16, deployments.length));
  const registry = createRegistry();
  registry.replace(deployments);
  const writer = createWriter(table);
  const reader = createReader(table);
  for (const slot of registry.slots()) {
    const deployment = registry.at(slot);
    if (deployment !== null)
      writer.claim(slot, identityOf(deployment.key), restingRow(deployment, wallMs));
  }
  let nowMs = 0;
  const clock: Clock = { wallMs: () => wallMs + nowMs, monotonicMs: () => nowMs };
  const connected: ServiceView = {
    status: "connected",
    latencyMs: 1.25,
    lastCheckMs: wallMs,
    error: null,
  };
  const state = {
    database: connected,
    redis: { ...connected, status: "not_configured" } as ServiceView,
    proxy: null as ServiceView | null,
    threads: [{ thread: 0, alive: true, restarts: 0 }],
    ready: true,
    mainAlive: true,
    configured: true,
    deploymentsMax: { scrape: 100_000, push: 2000 },
    faults: [] as string[],
    /** Slots that a check had asked. */
    asked: [] as (readonly number[])[],
    tested: [] as Subject[],
    /** What a test of a connection finds; null is a thread that died. */
    outcome: null as Outcome | null,
    drains: 0,
    /** What the proxy reported, by labels. */
    reported: [] as [Record<string, string>, TrafficReading][],
    exports: [] as ExportSample[],
    cluster: { shown: null as ClusterShown | null, sample: null as ClusterSample | null },
    /** Bodies of callbacks. */
    bodies: [] as CallbackBody[],
    counted: { text: "{}" } as CallbackEnd,
  };
  const metrics = createMetrics({
    version: "1.2.3",
    reported: {
      series: () => state.reported,
      exceptionOf,
      entries: () => [{ labels: { source: "callback", result: "counted" }, value: 1 }],
      folded: () => 0,
      waitingBytes: () => 0,
      spendLogs: () => ({ error: null, followedMs: wallMs }),
    },
    table,
    reader,
    registry,
    services: () => [
      { service: "database", up: state.database.status === "connected", latencyMs: 1.25 },
    ],
    threads: () => state.threads,
    config: () => ({ applied: 1, refused: 0, loadedAtMs: wallMs }),
    history: () => null,
    cluster: () => state.cluster.sample,
    stale: () => 0,
    exports: () => state.exports,
    latencyBuckets: settings.latencyBuckets,
    litellmMetrics: settings.litellmMetrics,
    deploymentsMax: () => state.deploymentsMax,
  });
  const traffic = createHttpTraffic(settings.latencyBuckets);
  const directory = createDirectory();
  directory.add(listingsOf(registry));
  directory.replace();
  const history = historyOf(table, registry);
  const checks = createChecks({
    table,
    reader,
    clock,
    timers: realTimers,
    isFree: () => false,
    probe: (slots) => state.asked.push(slots),
    obey: () => false,
    bounds: () => ({ perMinute: settings.checkRatePerMinute, fleet: registry.slots().length }),
  });
  const tests = createConnectionTests(async (subject) => {
    state.tested.push(subject);
    return state.outcome;
  }, realTimers);
  const countStale = createStaleCount(registry, reader, clock);
  const context: ServerContext = {
    version: "1.2.3",
    clock,
    settings: () => settings,
    table,
    reader,
    directory,
    dependencies: {
      database: () => (state.database.status === "connected" ? "connected" : "disconnected"),
      databaseInitialized: () => state.ready,
      redis: () => state.redis.status,
      threads: () => state.threads,
      allThreadsReady: () => state.ready,
      litellmVersion: () => "1.50.0",
      mainAlive: () => state.mainAlive,
      stale: () => countStale(settings.staleAfterMs),
    },
    services: {
      database: () => state.database,
      redis: () => state.redis,
      proxy: () => state.proxy,
    },
    history: {
      ask: (question) => history?.ask(question) ?? Promise.reject(new HistoryError("none is kept")),
      state: () => history?.state() ?? null,
    },
    cluster: () => state.cluster.shown,
    traffic,
    exposeMetrics: (form) => metrics.expose(form, { traffic: traffic.samples(), lagSeconds: 0 }),
    onRequest: {
      check: (order, gone) => runCheck(checks, order, gone),
      checksWaiting: checks.waiting,
      test: (trial) => runTrial(trial, { ...parsed, settings }, tests),
      count: async (body) => {
        state.bodies.push(body);
        return state.counted;
      },
      drain: async () => {
        state.drains += 1;
        return 2;
      },
    },
    configured: () => state.configured,
    onFault: (text) => state.faults.push(text),
  };
  const app = createApp(context);
  return {
    app,
    context,
    state,
    metrics,
    traffic,
    checks,
    tests,
    registry,
    directory,
    advance(ms: number) {
      nowMs += ms;
    },
    /** Makes the table say this of a deployment. */
    say(slot: number, verdict: State, outcome: OutcomeClass = "ok", text = "") {
      const row = { ...reader.read(slot).row };
      if (row.state !== states.indexOf(verdict)) row.transitions += 1;
      row.state = states.indexOf(verdict);
      row.outcomeClass = outcomeClasses[outcome].code;
      row.classCounts = row.classCounts.slice();
      row.classCounts[row.outcomeClass] = (row.classCounts[row.outcomeClass] ?? 0) + 1;
      row.latencyBuckets = row.latencyBuckets.slice();
      row.latencyBuckets[3] = (row.latencyBuckets[3] ?? 0) + 1;
      row.text = text;
      row.lastCheckMs = row.lastCheckMs === 0 ? wallMs : wallMs + nowMs;
      row.latencyMicros = 45_600;
      row.connectMicros = 1200;
      row.firstByteMicros = 40_000;
      row.latencySumMicros += 45_600;
      row.httpStatus = outcome === "ok" ? 200 : 500;
      writer.write(slot, row);
      nowMs += 1000;
    },
    get: (path: string, headers: Record<string, string> = {}, method = "GET") =>
      app.handle(new Request(`http://localhost${path}`, { headers, method })),
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      app.handle(
        new Request(`http://localhost${path}`, {
          method: "POST",
          headers: {
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          ...(body === undefined
            ? {}
            : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        }),
      ),
  };
}

export const threeModels = `
model_list:
  - model_name: gpt
    litellm_params: {model: openai/gpt-4, api_key: sk-very-secret-1}
    model_info: {id: a}
  - model_name: gpt
    litellm_params: {model: azure/gpt-4-eu, api_base: "https://user:sk-very-secret-2@azure.example/?key=sk-very-secret-2", api_key: sk-very-secret-2}
    model_info: {id: b}
  - model_name: claude
    litellm_params: {model: anthropic/claude-2, api_key: sk-very-secret-3}
    model_info: {id: "c/1"}
router_settings: {model_group_alias: {gpt-alias: gpt}}
`;
