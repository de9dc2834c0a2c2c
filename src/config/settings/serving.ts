// What is served, to whom, and how the service ends.

import { integer, type SettingRow, seconds } from "./row.ts";

export const servingRows = {
  port: {
    keys: [],
    flag: "port",
    overrides: ["PORT"],
    value: integer(0, 65_535),
    byDefault: 4000,
    help: "Port to listen on; 0 takes any free one.",
  },
  host: {
    keys: [],
    flag: "host",
    overrides: ["HOST"],
    value: { kind: "text" },
    byDefault: null,
    help: "Address to listen on; by default 127.0.0.1 without a master key, else 0.0.0.0.",
  },
  masterKey: {
    keys: ["general_settings.master_key"],
    fallbacks: ["LITELLM_MASTER_KEY"],
    value: { kind: "secret" },
    byDefault: null,
    help: "Key that every route but liveliness and readiness needs, as Authorization: Bearer.",
  },
  publicRoutes: {
    keys: ["general_settings.public_routes"],
    value: { kind: "texts" },
    byDefault: [],
    help: "Routes that need no key; a trailing * takes everything below.",
  },
  requireAuthForMetrics: {
    keys: ["litellm_settings.require_auth_for_metrics_endpoint"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "Whether /metrics needs the key too.",
  },
  healthCheckDetails: {
    keys: ["general_settings.health_check_details"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "false shows only model, status and error of a deployment.",
  },
  healthStatusPolicy: {
    keys: ["general_settings.health_status_policy"],
    value: { kind: "choice", of: ["services", "any_group_down", "all_down"] },
    byDefault: "services",
    help: "What makes /health answer 503 besides the services: a model group, or all models, being down.",
  },
  shutdownTimeoutMs: {
    keys: ["fleetpulse.shutdown_timeout"],
    overrides: ["GRACEFUL_SHUTDOWN_TIMEOUT"],
    value: seconds(0, 3600),
    byDefault: 10,
    help: "How long stopping may take.",
  },
  drainEndpoint: {
    keys: ["general_settings.enable_drain_endpoint"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "Whether GET /health/drain is there, which stops probing and makes the service unready for good.",
  },
  drainToken: {
    keys: ["general_settings.drain_endpoint_token"],
    fallbacks: ["DRAIN_ENDPOINT_TOKEN"],
    value: { kind: "secret" },
    byDefault: null,
    help: "What X-Drain-Token must be for it; without one, anybody may drain.",
  },
} as const satisfies Record<string, SettingRow>;
