// What came of probes, and what they cost.

import type { MetricRow } from "./row.ts";

export const probeRows = {
  fleetpulse_probes: {
    type: "counter",
    help: "Ended probes by outcome class.",
    labels: ["provider", "class"],
  },
  fleetpulse_probe_questions: {
    type: "counter",
    help: "Ended probes by question: completion (paid) or metadata (free).",
    labels: ["provider", "question"],
  },
  fleetpulse_probe_withheld: {
    type: "counter",
    help: "Times the paid question was not asked because a budget of the day was spent.",
    labels: ["provider"],
  },
  fleetpulse_probe_spent_today_tokens: {
    type: "gauge",
    help: "Tokens that probes have taken from the budgets of this day (UTC), those in flight included.",
    labels: [],
  },
  fleetpulse_probe_spent_today_usd: {
    type: "gauge",
    help: "The same in USD, as far as prices are known.",
    labels: [],
  },
  fleetpulse_model_changes: {
    type: "counter",
    help: "Times another model answered than had answered before.",
    labels: ["provider"],
  },
  fleetpulse_other_model_deployments: {
    type: "gauge",
    help: "Deployments that are answered by another model than the one that is asked.",
    labels: ["provider"],
  },
  fleetpulse_refused_deployments: {
    type: "gauge",
    help: "Deployments whose probe is refused as a bad request, so that nothing is known of them.",
    labels: ["provider"],
  },
  fleetpulse_key_rate_limit: {
    type: "gauge",
    help: "What the provider says it allows a key (a fingerprint), by kind: requests or tokens.",
    labels: ["provider", "key", "kind"],
  },
  fleetpulse_key_rate_limit_remaining: {
    type: "gauge",
    help: "What the provider says is left of it, of the last answer to the key.",
    labels: ["provider", "key", "kind"],
  },
  fleetpulse_folded_keys: {
    type: "gauge",
    help: "Keys whose rate limits have no series of their own, because those of more than 1,000 keys are known.",
    labels: [],
  },
  fleetpulse_probe_duration_seconds: {
    type: "histogram",
    help: "Duration of probes, whatever their outcome.",
    labels: ["provider"],
  },
  fleetpulse_probe_tokens: {
    type: "counter",
    help: "Tokens that providers counted for probes.",
    labels: ["provider", "kind"],
  },
  fleetpulse_probe_cost_usd: {
    type: "counter",
    help: "Cost of probes in USD, as far as prices are known.",
    labels: ["provider"],
  },
  fleetpulse_probe_cost_unknown: {
    type: "counter",
    help: "Paid probes whose price, or whose number of tokens, is not known; the latter where a stream is left at its first token.",
    labels: ["provider"],
  },
} as const satisfies Record<string, MetricRow>;
