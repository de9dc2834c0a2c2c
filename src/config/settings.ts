// Every setting of the service, resolved. Durations are milliseconds. Where each comes from stands in setting-rows.ts.

import type { Secret } from "./secret.ts";

export interface Settings {
  // -- serving
  readonly host: string | null;
  readonly port: number;
  readonly masterKey: Secret | null;
  readonly publicRoutes: readonly string[];
  readonly requireAuthForMetrics: boolean;
  readonly healthCheckDetails: boolean;
  readonly healthStatusPolicy: "services" | "any_group_down" | "all_down";
  readonly shutdownTimeoutMs: number;
  readonly drainEndpoint: boolean;
  readonly drainToken: Secret | null;
  readonly modelGroupAlias: Readonly<Record<string, string>>;
  // -- services
  readonly databaseUrl: Secret | null;
  readonly redisUrl: Secret | null;
  readonly sqliteFile: string;
  /** Null keeps the table in memory. */
  readonly tableFile: string | null;
  readonly serviceIntervalMs: number;
  readonly serviceTimeoutMs: number;
  readonly proxyUrl: string | null;
  readonly proxyKey: Secret | null;
  readonly litellmVersion: string | null;
  // -- cluster
  /** Its name; null without one. */
  readonly cluster: string | null;
  /** The proxy's own setting, which asks for one. */
  readonly sharedHealthCheck: boolean;
  readonly clusterHeartbeatMs: number;
  // -- traffic
  readonly callbackKey: Secret | null;
  readonly callbackBytesMax: number;
  readonly spendLogs: boolean;
  readonly spendLogsUrl: Secret | null;
  readonly spendLogsIntervalMs: number;
  readonly spendLogsLatenessMs: number;
  readonly trafficTeamLabels: boolean;
  readonly trafficKeyLabels: boolean;
  readonly trafficSeriesMax: number;
  readonly passiveHealth: boolean;
  readonly passiveFall: number;
  readonly passiveFailureShare: number;
  readonly passiveVolumeMin: number;
  readonly passiveWindowMs: number;
  // -- history
  readonly history: boolean;
  readonly keepChecksMs: number;
  readonly keepMinutesMs: number;
  readonly keepHoursMs: number;
  readonly keepTransitionsMs: number;
  readonly checksMax: number;
  readonly historyBufferBytes: number;
  readonly litellmTable: boolean;
  readonly nodeName: string;
  // -- pushing metrics
  readonly otlpEndpoint: string | null;
  readonly otlpHeaders: Secret | null;
  readonly otlpAttributes: Secret | null;
  readonly otlpTemporality: "cumulative" | "delta" | "lowmemory";
  readonly otlpIntervalMs: number;
  readonly otlpTimeoutMs: number;
  readonly statsdAddress: string | null;
  readonly statsdIntervalMs: number;
  readonly statsdTags: readonly string[];
  /** Seconds; null leaves every histogram its own. */
  readonly latencyBuckets: readonly number[] | null;
  readonly litellmMetrics: boolean;
  readonly metricsDeployments: number;
  readonly exportDeployments: number;
  // -- probing
  readonly probingEnabled: boolean;
  readonly rung: "auto" | "completion" | "metadata";
  readonly paidIntervalMs: number;
  /** Modes that cost real money and may be asked all the same. */
  readonly paidModes: readonly string[];
  /** Of a day (UTC), all deployments together. */
  readonly tokensPerDay: number | null;
  readonly usdPerDay: number | null;
  /** The same of each deployment. */
  readonly deploymentTokensPerDay: number | null;
  readonly deploymentUsdPerDay: number | null;
  readonly intervalMs: number;
  readonly confirmIntervalMs: number;
  readonly unhealthyIntervalMs: number;
  readonly backoffMaxMs: number;
  readonly jitterRatio: number;
  readonly startRatePerSecond: number;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number | null;
  readonly keepAliveMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly degradedLimitMs: number;
  readonly staleAfterMs: number;
  readonly threads: number;
  readonly maxRatePerSecond: number;
  readonly checkRatePerMinute: number;
  readonly maxInFlight: number;
  readonly maxInFlightPerProvider: number;
  readonly maxInFlightPerHost: number;
  readonly maxInFlightPerKey: number;
  readonly responseBytesMax: number;
  readonly stream: boolean;
  readonly maxTokens: number;
  readonly maxTokensReasoning: number | null;
  readonly prompt: string;
  /** A text is the path of a CA bundle. */
  readonly sslVerify: boolean | string;
  readonly sslCertFile: string | null;
  readonly sslCertificate: string | null;
  readonly proxyLoopback: boolean;
  readonly modelGroups: readonly string[] | null;
  readonly environment: string | null;
}
