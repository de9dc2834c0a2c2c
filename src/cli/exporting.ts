// How the service pushes its metrics: the settings as options of the sinks, and the readings that they ask for.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import { type Exports, startExports } from "../exports/exports.ts";
import type { ExporterStart } from "../exports/messages.ts";
import type { OtlpOptions } from "../exports/otlp.ts";
import type { Reading } from "../exports/reading.ts";
import type { StatsdOptions } from "../exports/statsd.ts";
import type { MetricFamily, Metrics } from "../metrics/metrics.ts";
import { areModelsDown, serviceReasons } from "../server/condition.ts";
import type { ServerState } from "../server/messages.ts";
import type { Log } from "./log.ts";

export interface ExportingParts {
  readonly settings: () => Settings;
  readonly version: string;
  readonly metrics: Metrics;
  readonly state: () => ServerState | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Null when nothing is to be pushed: then there is no thread for it. */
export function startExporting(parts: ExportingParts): Exports | null {
  const { clock, log, metrics, settings } = parts;
  const start = startOf(settings(), parts.version);
  if (start.otlp === null && start.statsd === null) return null;
  const startMs = clock.wallMs() - clock.monotonicMs();
  return startExports({
    start,
    clock,
    entry: new URL("../../workers/exporter.ts", import.meta.url),
    async read(): Promise<Reading> {
      const families = await metrics.read();
      const states = countsOf(families, "fleetpulse_deployments");
      const usable = (states["healthy"] ?? 0) + (states["degraded"] ?? 0);
      return {
        wallMs: clock.wallMs(),
        startMs,
        families,
        healthy: isHealthy(settings(), parts.state(), families),
        healthyModels: usable,
      };
    },
    onChange: (sink, error) =>
      error === null
        ? log.info(`metrics are taken by ${sink} again`)
        : log.warn(`metrics are not taken by ${sink}: ${error}`),
    onNotice: (text) => log.warn(text),
  });
}

/** As `/health` says it. The thread that says it here is the main one. */
function isHealthy(
  { healthStatusPolicy }: Settings,
  state: ServerState | null,
  families: readonly MetricFamily[],
): boolean {
  if (state === null || serviceReasons({ ...state, mainAlive: true }).length > 0) return false;
  const states = countsOf(families, "fleetpulse_deployments");
  return !areModelsDown(healthStatusPolicy, {
    healthy: (states["healthy"] ?? 0) + (states["degraded"] ?? 0),
    unhealthy: states["unhealthy"] ?? 0,
    groupsDown: countsOf(families, "fleetpulse_model_groups")["down"] ?? 0,
  });
}

function countsOf(families: readonly MetricFamily[], name: string): Record<string, number> {
  const points = families.find((family) => family.name === name)?.points ?? [];
  return Object.fromEntries(points.map(({ labels, value }) => [labels["state"] ?? "", value]));
}

export function startOf(settings: Settings, version: string): ExporterStart {
  return { otlp: otlpOf(settings, version), statsd: statsdOf(settings) };
}

function otlpOf(settings: Settings, version: string): OtlpOptions | null {
  const { otlpEndpoint } = settings;
  if (otlpEndpoint === null) return null;
  return {
    url: otlpEndpoint.endsWith("/v1/metrics") ? otlpEndpoint : `${otlpEndpoint}/v1/metrics`,
    headers: pairsOf(settings.otlpHeaders?.reveal() ?? ""),
    intervalMs: settings.otlpIntervalMs,
    timeoutMs: settings.otlpTimeoutMs,
    temporality: settings.otlpTemporality === "delta" ? "delta" : "cumulative",
    attributes: {
      "service.instance.id": settings.nodeName,
      ...pairsOf(settings.otlpAttributes?.reveal() ?? ""),
    },
    version,
  };
}

function statsdOf({ statsdAddress, statsdIntervalMs, statsdTags }: Settings): StatsdOptions | null {
  if (statsdAddress === null) return null;
  const path = /^unix(?:gram)?:\/\/(\/.*)$/.exec(statsdAddress)?.[1];
  const [, host = "", port = ""] = /^udp:\/\/(.*):(\d+)$/.exec(statsdAddress) ?? [];
  return {
    address:
      path === undefined
        ? { kind: "udp", host: host.replace(/^\[|\]$/g, ""), port: Number(port) }
        : { kind: "unix", path },
    intervalMs: statsdIntervalMs,
    tags: statsdTags,
  };
}

/** `name=value,name=value`, with values that may be URL-encoded (opentelemetry.io/docs/specs/otel/protocol/exporter). */
function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair.includes("="))
      .map((pair) => {
        const index = pair.indexOf("=");
        return [pair.slice(0, index).trim(), decoded(pair.slice(index + 1).trim())];
      }),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
