// When deployments are asked, how many at once, and what their answers mean.

import { day, integer, type SettingRow, seconds } from "./row.ts";

export const scheduleRows = {
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
} as const satisfies Record<string, SettingRow>;
