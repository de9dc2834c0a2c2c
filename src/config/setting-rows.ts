// Every setting of the service as one table: where it is read from, what it may be, what it is by default, and what it
// means. The README's table is held against this one. Durations are seconds in files and in the
// environment, as LiteLLM's are, and milliseconds inside.
//
// The first source that has a value wins: command line, then `overrides` (environment variables that beat the file),
// then `keys` (dotted keys of the file, in order), then `fallbacks` (environment variables that the file beats),
// then the default.

import type { Settings } from "./settings.ts";

export type SettingName = Exclude<
  keyof Settings,
  // Made of several keys, or of another setting: see settings-reader.ts.
  "modelGroupAlias" | "redisUrl" | "probingEnabled"
>;

export type SettingKind =
  | { readonly kind: "integer" | "number" | "seconds"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" | "booleanOrPath" | "path" | "text" | "secret" | "texts" | "url" }
  /** `pairs`: secret text such as a=b,c=d. `socket`: udp://HOST:PORT or unix:///PATH. */
  | { readonly kind: "pairs" | "socket" }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  /** Upper bounds of a histogram's buckets in seconds, which stay seconds inside. */
  | { readonly kind: "buckets"; readonly max: number };

export interface SettingRow {
  readonly keys: readonly string[];
  readonly flag?: "port" | "host";
  readonly overrides?: readonly string[];
  readonly fallbacks?: readonly string[];
  readonly value: SettingKind;
  /** As a file would say it; null where there is none. `threads` has its own rule. */
  readonly byDefault: number | boolean | string | readonly string[] | null;
  readonly help: string;
}

const day = 86_400;
const seconds = (min: number, max: number) => ({ kind: "seconds", min, max }) as const;
const integer = (min: number, max: number) => ({ kind: "integer", min, max }) as const;

export const settingRows: Readonly<Record<SettingName, SettingRow>> = {
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
  databaseUrl: {
    keys: ["general_settings.database_url"],
    fallbacks: ["DATABASE_URL"],
    value: { kind: "secret" },
    byDefault: null,
    help: "PostgreSQL for the history; without it the embedded SQLite file serves.",
  },
  sqliteFile: {
    keys: ["fleetpulse.sqlite_file"],
    value: { kind: "text" },
    byDefault: "data/fleetpulse.sqlite",
    help: "The embedded database's file: history, or what waits for PostgreSQL, and the statuses for the next start.",
  },
  tableFile: {
    keys: ["fleetpulse.table_file"],
    value: { kind: "text" },
    byDefault: null,
    help: "File in which the table lives: it survives the process and other processes can read it. Without it the table is in memory.",
  },
  serviceIntervalMs: {
    keys: ["fleetpulse.service_interval"],
    value: seconds(0.1, day),
    byDefault: 5,
    help: "Between two checks of the database, Redis and the proxy.",
  },
  serviceTimeoutMs: {
    keys: ["fleetpulse.service_timeout"],
    value: seconds(0.05, 60),
    byDefault: 2,
    help: "Deadline of such a check.",
  },
  proxyUrl: {
    keys: ["fleetpulse.proxy_url"],
    fallbacks: ["LITELLM_PROXY_URL"],
    value: { kind: "url" },
    byDefault: null,
    help: "The proxy beside which the service runs; watched, and asked for its version.",
  },
  proxyKey: {
    keys: ["fleetpulse.proxy_key", "general_settings.master_key"],
    fallbacks: ["LITELLM_MASTER_KEY"],
    value: { kind: "secret" },
    byDefault: null,
    help: "Key for the proxy; the master key unless another is given.",
  },
  litellmVersion: {
    keys: [],
    overrides: ["LITELLM_VERSION"],
    value: { kind: "text" },
    byDefault: null,
    help: "Version to report for the proxy when it is not asked.",
  },
  callbackKey: {
    keys: ["fleetpulse.callback_key"],
    value: { kind: "secret" },
    byDefault: null,
    help: "Key that POST /callbacks/litellm takes besides the master key, as Authorization: Bearer.",
  },
  callbackBytesMax: {
    keys: ["fleetpulse.callback_bytes_max"],
    value: integer(1024, 1024 * 1024 * 1024),
    byDefault: 32 * 1024 * 1024,
    help: "Bytes of a callback's body, as it is sent and as it unpacks; twice as much may wait to be counted.",
  },
  spendLogs: {
    keys: ["fleetpulse.spend_logs"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true also counts traffic from the proxy's LiteLLM_SpendLogs (PostgreSQL); what a callback told is not counted again.",
  },
  spendLogsUrl: {
    keys: ["fleetpulse.spend_logs_url", "general_settings.database_url"],
    fallbacks: ["DATABASE_URL"],
    value: { kind: "secret" },
    byDefault: null,
    help: "PostgreSQL with that table; a role that may SELECT from it is enough.",
  },
  spendLogsIntervalMs: {
    keys: ["fleetpulse.spend_logs_interval"],
    value: seconds(0.1, 3600),
    byDefault: 10,
    help: "Between two readings of spend logs.",
  },
  spendLogsLatenessMs: {
    keys: ["fleetpulse.spend_logs_lateness"],
    value: seconds(1, day),
    byDefault: 900,
    help: "How long after its request began a row of spend logs may be written and is still counted.",
  },
  trafficTeamLabels: {
    keys: ["fleetpulse.traffic_team_labels"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true gives traffic metrics the label team.",
  },
  trafficKeyLabels: {
    keys: ["fleetpulse.traffic_key_labels"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true gives traffic metrics the label key_alias.",
  },
  trafficSeriesMax: {
    keys: ["fleetpulse.traffic_series_max"],
    value: integer(1, 1_000_000),
    byDefault: 20_000,
    help: "Sets of labels that traffic is counted by; what finds no room is counted as other.",
  },
  passiveHealth: {
    keys: ["fleetpulse.passive_health"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "Whether traffic that the proxy reports moves the status of deployments and puts their probes off.",
  },
  passiveFall: {
    keys: ["fleetpulse.passive_fall"],
    value: integer(1, 10_000),
    byDefault: 5,
    help: "Requests in a row whose failure makes a deployment unhealthy.",
  },
  passiveFailureShare: {
    keys: ["fleetpulse.passive_failure_share"],
    value: { kind: "number", min: 0.01, max: 1 },
    byDefault: 0.5,
    help: "Share of failures among a window's requests that makes a deployment unhealthy.",
  },
  passiveVolumeMin: {
    keys: ["fleetpulse.passive_volume_min"],
    value: integer(1, 1_000_000),
    byDefault: 20,
    help: "Requests in the window from which on the share counts.",
  },
  passiveWindowMs: {
    keys: ["fleetpulse.passive_window"],
    value: seconds(1, 3600),
    byDefault: 60,
    help: "The window for that share.",
  },
  history: {
    keys: ["fleetpulse.history"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "false keeps no history, and no statuses for the next start.",
  },
  keepChecksMs: {
    keys: ["fleetpulse.keep_checks"],
    value: seconds(3600, 7 * day),
    byDefault: day,
    help: "How long every single outcome is kept.",
  },
  keepMinutesMs: {
    keys: ["fleetpulse.keep_minutes"],
    value: seconds(2 * 3600, 31 * day),
    byDefault: 3 * day,
    help: "How long the roll-ups of minutes are kept.",
  },
  keepHoursMs: {
    keys: ["fleetpulse.keep_hours"],
    value: seconds(31 * day, 3650 * day),
    byDefault: 90 * day,
    help: "How long the roll-ups of hours are kept.",
  },
  keepTransitionsMs: {
    keys: ["fleetpulse.keep_transitions"],
    value: seconds(31 * day, 3650 * day),
    byDefault: 400 * day,
    help: "How long changes of state are kept.",
  },
  checksMax: {
    keys: ["fleetpulse.checks_max"],
    value: integer(1000, 1_000_000_000),
    byDefault: 2_000_000,
    help: "Single outcomes that are kept at most, however fast the fleet is probed.",
  },
  historyBufferBytes: {
    keys: ["fleetpulse.history_buffer_bytes"],
    value: integer(65_536, 100_000_000_000),
    byDefault: 268_435_456,
    help: "History that may wait on disk while PostgreSQL is away; beyond it the oldest is dropped and counted.",
  },
  litellmTable: {
    keys: ["fleetpulse.litellm_table"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "Also writes rows into the proxy's own LiteLLM_HealthCheckTable (PostgreSQL), so that its page shows them.",
  },
  nodeName: {
    keys: ["fleetpulse.node"],
    fallbacks: ["HOSTNAME"],
    value: { kind: "text" },
    byDefault: "fleetpulse",
    help: "Name of this process in the database.",
  },
  otlpEndpoint: {
    keys: ["fleetpulse.otlp_endpoint"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
    value: { kind: "url" },
    byDefault: null,
    help: "Pushes all metrics by OTLP over HTTP; /v1/metrics is added unless it stands there.",
  },
  otlpHeaders: {
    keys: ["fleetpulse.otlp_headers"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
    value: { kind: "pairs" },
    byDefault: null,
    help: "Headers of these requests as name=value,name=value; values may be URL-encoded.",
  },
  otlpAttributes: {
    keys: ["fleetpulse.otlp_attributes"],
    fallbacks: ["OTEL_RESOURCE_ATTRIBUTES"],
    value: { kind: "pairs" },
    byDefault: null,
    help: "Attributes of this process besides service.name, as name=value,name=value.",
  },
  otlpTemporality: {
    keys: ["fleetpulse.otlp_temporality"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
    value: { kind: "choice", of: ["cumulative", "delta"] },
    byDefault: "cumulative",
    help: "delta for receivers that want what counters grew by, such as DataDog.",
  },
  otlpIntervalMs: {
    keys: ["fleetpulse.otlp_interval"],
    value: seconds(1, day),
    byDefault: 60,
    help: "Between two pushes by OTLP.",
  },
  otlpTimeoutMs: {
    keys: ["fleetpulse.otlp_timeout"],
    value: seconds(0.1, 300),
    byDefault: 10,
    help: "Deadline of a push, with what is tried again.",
  },
  statsdAddress: {
    keys: ["fleetpulse.statsd"],
    fallbacks: ["DD_DOGSTATSD_URL"],
    value: { kind: "socket" },
    byDefault: null,
    help: "Pushes all metrics to a DogStatsD agent: udp://HOST:PORT or unix:///PATH.",
  },
  statsdIntervalMs: {
    keys: ["fleetpulse.statsd_interval"],
    value: seconds(1, day),
    byDefault: 10,
    help: "Between two pushes to DogStatsD.",
  },
  statsdTags: {
    keys: ["fleetpulse.statsd_tags"],
    value: { kind: "texts" },
    byDefault: [],
    help: "Tags of every metric, as name:value.",
  },
  latencyBuckets: {
    keys: ["fleetpulse.latency_buckets"],
    value: { kind: "buckets", max: 24 },
    byDefault: null,
    help: "Upper bounds of the buckets of latencies, ascending, 24 at most: of traffic, its first tokens, and our own routes. Probes are counted by fixed bounds (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120), of which only those in the list are shown, or all where none is.",
  },
  litellmMetrics: {
    keys: ["fleetpulse.litellm_metrics"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true also shows what is known under the names of LiteLLM's own metrics, for dashboards made for them.",
  },
  metricsDeployments: {
    keys: ["fleetpulse.metrics_deployments"],
    value: integer(0, 1_000_000),
    byDefault: 100_000,
    help: "Deployments that have series of their own in a scrape; the others are in the sums only.",
  },
  exportDeployments: {
    keys: ["fleetpulse.export_deployments"],
    value: integer(0, 100_000),
    byDefault: 2000,
    help: "Deployments whose own series are pushed; the others are in the sums only.",
  },
  rung: {
    keys: ["fleetpulse.probe"],
    value: { kind: "choice", of: ["auto", "completion", "metadata"] },
    byDefault: "auto",
    help: "completion asks the model (paid); metadata asks the provider for its models (free); auto asks for free at each interval where that proves key and model, and the paid question every paid_interval. model_info.health_check_probe wins.",
  },
  paidIntervalMs: {
    keys: ["fleetpulse.paid_interval"],
    value: seconds(1, 30 * day),
    byDefault: 3600,
    help: "Between two paid probes of a deployment that is well, where auto asks for free in between.",
  },
  paidModes: {
    keys: ["fleetpulse.paid_modes"],
    value: { kind: "texts" },
    byDefault: [],
    help: "Of image_generation, image_edit, ocr and video_generation, which cost real money and are asked for free only, those that may be asked the paid question.",
  },
  tokensPerDay: {
    keys: ["fleetpulse.budget_tokens_per_day"],
    value: integer(0, 2_000_000_000),
    byDefault: null,
    help: "Tokens that all probes together may cost a day (UTC); then the free question is asked, or none until midnight.",
  },
  usdPerDay: {
    keys: ["fleetpulse.budget_usd_per_day"],
    value: { kind: "number", min: 0, max: 2000 },
    byDefault: null,
    help: "USD that all probes together may cost a day (UTC), as far as prices are known.",
  },
  deploymentTokensPerDay: {
    keys: ["fleetpulse.deployment_budget_tokens_per_day"],
    value: integer(0, 2_000_000_000),
    byDefault: null,
    help: "Tokens that the probes of one deployment may cost a day; model_info.health_check_budget_tokens_per_day wins.",
  },
  deploymentUsdPerDay: {
    keys: ["fleetpulse.deployment_budget_usd_per_day"],
    value: { kind: "number", min: 0, max: 2000 },
    byDefault: null,
    help: "USD that the probes of one deployment may cost a day; model_info.health_check_budget_usd_per_day wins.",
  },
  intervalMs: {
    keys: ["fleetpulse.interval", "general_settings.health_check_interval"],
    fallbacks: ["DEFAULT_HEALTH_CHECK_INTERVAL"],
    value: seconds(0, 30 * day),
    byDefault: 300,
    help: "Between two probes of a deployment that is well; 0 probes on request only.",
  },
  confirmIntervalMs: {
    keys: ["fleetpulse.confirm_interval"],
    value: seconds(0.1, day),
    byDefault: 5,
    help: "Until a change that rise and fall have not confirmed is looked at again.",
  },
  unhealthyIntervalMs: {
    keys: ["fleetpulse.unhealthy_interval"],
    value: seconds(0.1, day),
    byDefault: 60,
    help: "Between probes of a deployment that is down, at first; never longer than interval.",
  },
  backoffMaxMs: {
    keys: ["fleetpulse.backoff_max"],
    value: seconds(0.1, 30 * day),
    byDefault: 900,
    help: "Longest pause for a deployment that stays down; never shorter than interval.",
  },
  jitterRatio: {
    keys: ["fleetpulse.jitter"],
    value: { kind: "number", min: 0, max: 1 },
    byDefault: 0.1,
    help: "Share of the interval by which probes are moved at random.",
  },
  startRatePerSecond: {
    keys: ["fleetpulse.start_rate"],
    value: { kind: "number", min: 0.1, max: 1_000_000 },
    byDefault: 5000,
    help: "First probes a second after a start or a reload.",
  },
  timeoutMs: {
    keys: ["fleetpulse.timeout"],
    fallbacks: ["HEALTH_CHECK_TIMEOUT_SECONDS"],
    value: seconds(0.05, 3600),
    byDefault: 60,
    help: "Deadline of a whole probe, unless model_info.health_check_timeout says otherwise.",
  },
  connectTimeoutMs: {
    keys: ["fleetpulse.connect_timeout"],
    value: seconds(0.05, 3600),
    byDefault: 5,
    help: "Deadline for name, connection and TLS.",
  },
  firstByteTimeoutMs: {
    keys: ["fleetpulse.first_byte_timeout"],
    value: seconds(0.05, 3600),
    byDefault: null,
    help: "Deadline for the first byte of the answer; the whole probe's when not given.",
  },
  keepAliveMs: {
    keys: ["fleetpulse.keep_alive"],
    value: seconds(0, 300),
    byDefault: 15,
    help: "How long a connection waits for the next probe of its host; 0 connects anew for every probe.",
  },
  rise: {
    keys: ["fleetpulse.rise"],
    value: integer(1, 100),
    byDefault: 2,
    help: "Successes in a row that bring an unhealthy deployment back.",
  },
  fall: {
    keys: ["fleetpulse.fall"],
    value: integer(1, 100),
    byDefault: 3,
    help: "Failures in a row that make a deployment unhealthy.",
  },
  degradedLimitMs: {
    keys: ["fleetpulse.degraded_limit"],
    value: seconds(0, 30 * day),
    byDefault: 3600,
    help: "A rate-limited or overloaded deployment without any success for longer is unhealthy.",
  },
  staleAfterMs: {
    keys: ["fleetpulse.stale_after"],
    value: seconds(1, day),
    byDefault: 60,
    help: "A probe overdue by more makes the service itself unhealthy.",
  },
  threads: {
    keys: ["fleetpulse.threads"],
    value: integer(1, 64),
    byDefault: null,
    help: "Prober threads; by default one less than the cores, from 1 to 8.",
  },
  maxRatePerSecond: {
    keys: ["fleetpulse.max_rate"],
    value: { kind: "number", min: 0.01, max: 1_000_000 },
    byDefault: 500,
    help: "Probes that may start a second, in all; two seconds' worth may start at once.",
  },
  checkRatePerMinute: {
    keys: ["fleetpulse.check_rate"],
    value: { kind: "number", min: 0.01, max: 1_000_000 },
    byDefault: 1000,
    help: "Probes a minute that POST /health/check may ask for; one whole fleet may always be asked at once.",
  },
  maxInFlight: {
    keys: ["fleetpulse.max_in_flight", "general_settings.health_check_concurrency"],
    value: integer(1, 100_000),
    byDefault: 1024,
    help: "Probes in flight at once.",
  },
  maxInFlightPerProvider: {
    keys: ["fleetpulse.max_in_flight_per_provider"],
    value: integer(1, 100_000),
    byDefault: 512,
    help: "Probes in flight at one provider.",
  },
  maxInFlightPerHost: {
    keys: ["fleetpulse.max_in_flight_per_host"],
    value: integer(1, 100_000),
    byDefault: 256,
    help: "Probes in flight at one host and port.",
  },
  maxInFlightPerKey: {
    keys: ["fleetpulse.max_in_flight_per_key"],
    value: integer(1, 100_000),
    byDefault: 128,
    help: "Probes in flight with one API key.",
  },
  responseBytesMax: {
    keys: ["fleetpulse.response_bytes_max"],
    value: integer(1024, 64 * 1024 * 1024),
    byDefault: 262_144,
    help: "Bytes of an answer that are read.",
  },
  stream: {
    keys: ["fleetpulse.stream"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true asks chats and completions for a stream, measures the first token and ends it there; model_info.health_check_stream wins.",
  },
  maxTokens: {
    keys: ["fleetpulse.max_tokens"],
    fallbacks: ["BACKGROUND_HEALTH_CHECK_MAX_TOKENS"],
    value: integer(1, 100_000),
    byDefault: 16,
    help: "Output tokens that a probe may cost; model_info.health_check_max_tokens wins.",
  },
  maxTokensReasoning: {
    keys: [],
    fallbacks: ["BACKGROUND_HEALTH_CHECK_MAX_TOKENS_REASONING"],
    value: integer(1, 100_000),
    byDefault: null,
    help: "The same for reasoning models.",
  },
  prompt: {
    keys: ["fleetpulse.prompt"],
    fallbacks: ["DEFAULT_HEALTH_CHECK_PROMPT"],
    value: { kind: "text" },
    byDefault: "ping",
    help: "What a probe says to the model.",
  },
  sslVerify: {
    keys: ["litellm_settings.ssl_verify"],
    overrides: ["SSL_VERIFY"],
    value: { kind: "booleanOrPath" },
    byDefault: true,
    help: "false accepts any certificate, a path names the CA bundle to trust; litellm_params.ssl_verify wins.",
  },
  sslCertFile: {
    keys: [],
    overrides: ["SSL_CERT_FILE"],
    value: { kind: "path" },
    byDefault: null,
    help: "CA bundle to trust where ssl_verify is true.",
  },
  sslCertificate: {
    keys: ["litellm_settings.ssl_certificate"],
    overrides: ["SSL_CERTIFICATE"],
    value: { kind: "path" },
    byDefault: null,
    help: "PEM file with the client certificate, and its key, to show to who asks for one.",
  },
  proxyLoopback: {
    keys: ["fleetpulse.proxy_loopback"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true asks localhost, 127.0.0.0/8 and ::1 through a proxy too.",
  },
  modelGroups: {
    keys: ["general_settings.background_health_check_model_groups"],
    value: { kind: "texts" },
    byDefault: null,
    help: "Only these model groups are probed.",
  },
  environment: {
    keys: [],
    overrides: ["LITELLM_ENVIRONMENT"],
    value: { kind: "text" },
    byDefault: null,
    help: "Deployments whose model_info.supported_environments does not name it are left out.",
  },
};

export const settingNames = Object.keys(settingRows) as SettingName[];

/** Keys below `fleetpulse:`; anything else there is a mistake. */
export const ownKeys: readonly string[] = settingNames
  .flatMap((name) => settingRows[name].keys)
  .filter((key) => key.startsWith("fleetpulse."))
  .map((key) => key.slice("fleetpulse.".length));
