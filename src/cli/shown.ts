// What the serving thread shows besides the table, and the answers to what it asks: both from the parts that the main thread holds.

import type { Fleet } from "../fleet/fleet.ts";
import type { History } from "../history/history.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { ServiceSample } from "../metrics/sources.ts";
import type { ClusterShown } from "../server/cluster-shown.ts";
import type { Answers, Ask, ServerState } from "../server/messages.ts";
import type { Services } from "../services/services.ts";
import type { Traffic } from "../traffic/traffic.ts";
import type { WiredOnRequest } from "./on-request.ts";

export interface StateParts {
  readonly services: Services;
  readonly fleet: Fleet;
  readonly history: History | null;
  readonly configured: boolean;
  /** Deployments whose probe is overdue. */
  readonly stale: number;
  /** Null without a cluster. */
  readonly cluster: ClusterShown | null;
}

export function stateOf(parts: StateParts): ServerState {
  const { services, fleet, history } = parts;
  const proxy = services.proxy();
  return {
    database: services.database().status === "connected" ? "connected" : "disconnected",
    databaseInitialized: history?.state().initialized ?? services.databaseInitialized(),
    redis: services.redis().status,
    threads: fleet.threads().map(({ thread, alive }) => ({ thread, alive })),
    allThreadsReady: fleet.allReady(),
    litellmVersion: services.litellmVersion(),
    services: {
      database: services.database(),
      redis: services.redis(),
      proxy: proxy.status === "not_configured" ? null : proxy,
    },
    history: history?.state() ?? null,
    configured: parts.configured,
    stale: parts.stale,
    cluster: parts.cluster,
  };
}

export interface AnswerParts {
  readonly metrics: Metrics;
  readonly onRequest: WiredOnRequest;
  readonly traffic: Traffic;
}

export async function answerOf(
  ask: Ask,
  gone: AbortSignal,
  { metrics, onRequest, traffic }: AnswerParts,
): Promise<Answers[keyof Answers]> {
  switch (ask.kind) {
    case "metrics":
      return metrics.expose(ask.form, ask.serving);
    case "check":
      return onRequest.check(ask.order, gone);
    case "test":
      return onRequest.test(ask.trial);
    case "count":
      return traffic.take(ask.body);
    case "stop probing":
      await onRequest.stopProbing(ask.timeoutMs);
      return { stopped: true };
    default:
      return ask satisfies never;
  }
}

/** The services as metrics tell of them. */
export function samplesOf(services: Services): ServiceSample[] {
  const reports = {
    database: services.database(),
    redis: services.redis(),
    proxy: services.proxy(),
  };
  return Object.entries(reports)
    .filter(([, report]) => report.status !== "not_configured")
    .map(([service, report]) => ({
      service,
      up: report.status === "connected",
      latencyMs: report.latencyMs,
    }));
}
