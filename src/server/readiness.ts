// GET /health/readiness and /health/services: is this process ready, and what does it depend on. No key for readiness.

import { Elysia } from "elysia";
import { timeOf } from "../clock.ts";
import type { HistoryState } from "../history/messages.ts";
import type { ServerContext, ServiceView } from "./context.ts";
import type { Gate } from "./gate.ts";
import { optionsAnswer } from "./liveliness.ts";

export function readinessRoutes(context: ServerContext, gate: Gate) {
  const { dependencies, services, directory } = context;

  function routerInitialized(): boolean {
    return context.configured() && dependencies.allThreadsReady();
  }

  return new Elysia({ name: "readiness" })
    .get(
      "/health/readiness",
      ({ request }) =>
        gate.answer(
          "/health/readiness",
          request,
          () => {
            const db_initialized = dependencies.databaseInitialized();
            const router_initialized = routerInitialized();
            const ready = db_initialized && router_initialized;
            return Response.json(
              {
                status: ready ? "ready" : "not_ready",
                db_initialized,
                router_initialized,
                db: dependencies.database(),
                redis: dependencies.redis(),
                litellm_version: dependencies.litellmVersion(),
                version: context.version,
                last_updated: timeOf(context.clock.wallMs()),
              },
              { status: ready ? 200 : 503, headers: { "cache-control": "no-cache" } },
            );
          },
          true,
        ),
      { detail: { summary: "Ready to answer for the fleet", tags: ["process"] } },
    )
    .options(
      "/health/readiness",
      ({ request }) => gate.answer("/health/readiness", request, () => optionsAnswer(), true),
      { detail: { hide: true } },
    )
    .get(
      "/health/services",
      ({ request }) =>
        gate.answer("/health/services", request, () => {
          const groups = [...directory.modelNames()];
          const proxy = services.proxy();
          const history = context.history.state();
          return Response.json(
            {
              database: shown(services.database()),
              redis: shown(services.redis()),
              router: {
                status: routerInitialized() ? "initialized" : "not_initialized",
                models: groups.length,
                deployments: directory.slots().length,
              },
              ...(proxy === null ? {} : { proxy: shown(proxy) }),
              ...(history === null ? {} : { history: recording(history) }),
            },
            { headers: { "cache-control": "no-cache" } },
          );
        }),
      {
        detail: {
          summary: "Database, Redis, router and the recording of history",
          description: "Round trips are measured in the background; a hung server delays nothing.",
          tags: ["process"],
        },
      },
    );
}

/** `waiting`: what comes in is kept back until the database takes it again. */
function recording(state: HistoryState) {
  return {
    status: state.error === null ? "recording" : "waiting",
    engine: state.engine,
    last_write: timeOf(state.lastWriteMs ?? 0),
    waiting_entries: state.waiting,
    dropped_entries: state.dropped,
    error: state.error,
  };
}

function shown({ status, latencyMs, lastCheckMs, error, engine }: ServiceView) {
  return {
    status,
    latency_ms: latencyMs === null ? null : Math.round(latencyMs * 1000) / 1000,
    ...(engine === undefined ? {} : { engine }),
    last_check: timeOf(lastCheckMs ?? 0),
    error,
  };
}
