// What is known of a service: read from memory by everybody, written by its own check.

export type ServiceStatus = "connected" | "disconnected" | "not_configured";

export interface ServiceReport {
  readonly status: ServiceStatus;
  /** Last round trip, milliseconds; null when there was none. */
  readonly latencyMs: number | null;
  /** Wall time of the last finished check; null before the first. */
  readonly lastCheckMs: number | null;
  readonly lastChangeMs: number | null;
  /** Why it is disconnected, without credentials; null when it is not. */
  readonly error: string | null;
  readonly engine?: "postgresql" | "sqlite";
}

export const notConfigured: ServiceReport = {
  status: "not_configured",
  latencyMs: null,
  lastCheckMs: null,
  lastChangeMs: null,
  error: null,
};

export const notYetChecked: ServiceReport = {
  ...notConfigured,
  status: "disconnected",
  error: "not checked yet",
};
