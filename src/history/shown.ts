// Entries as clients see them: the fields of LiteLLM's own answers, then ours.

import {
  type OutcomeClass,
  outcomeClasses,
  outcomeClassNames,
  outcomeClassOf,
} from "../table/outcome-class.ts";
import { states } from "../table/row.ts";
import type { CheckEntry, TransitionEntry } from "./entries.ts";
import { checkedBy } from "./litellm-table.ts";
import type { Page, PageQuery, StoredCheck, StoredTransition } from "./store.ts";

/** What one check says in the documented words, whatever state it led to. */
export type CheckStatus = "healthy" | "unhealthy" | "unknown";

const errorCharactersMax = 500;

export function statusOfCheck(outcomeClass: OutcomeClass): CheckStatus {
  switch (outcomeClasses[outcomeClass].effect) {
    case "passed":
    case "degraded":
      return "healthy";
    case "failed":
    case "unprobeable":
      return "unhealthy";
    default:
      return "unknown";
  }
}

/** Codes of the outcome classes that a status filter means; null for no filter. */
export function classCodesOf(status: string | null): number[] | null {
  if (status === null) return null;
  return outcomeClassNames
    .filter((name) =>
      status === "degraded"
        ? outcomeClasses[name].effect === "degraded"
        : statusOfCheck(name) === status,
    )
    .map((name) => outcomeClasses[name].code);
}

/** Codes of the states that a status filter means; degraded counts as healthy. */
export function stateCodesOf(status: string | null): number[] | null {
  if (status === null) return null;
  return [...states.entries()]
    .filter(([, state]) => state === status || (status === "healthy" && state === "degraded"))
    .map(([code]) => code);
}

/** The answer to GET /health/history, as JSON. */
export function textOfPage(query: PageQuery, page: Page): string {
  const entries = query.kind === "checks" ? page.checks : page.transitions;
  const last = entries.length === query.limit ? entries[entries.length - 1] : undefined;
  return JSON.stringify({
    ...(query.kind === "checks"
      ? { health_checks: page.checks.map(shownCheck) }
      : { transitions: page.transitions.map(shownTransition) }),
    total_records: page.total,
    limit: query.limit,
    offset: query.offset,
    ...(last === undefined ? {} : { next_cursor: `${last.at_ms}.${last.seq}` }),
  });
}

function shownCheck(check: StoredCheck) {
  const outcome = outcomeClassOf(check.class);
  const status = statusOfCheck(outcome);
  const at = timeOf(check.at_ms);
  return {
    health_check_id: `${check.at_ms}.${check.seq}`,
    model_name: check.model_name,
    model_id: check.model_id,
    status,
    healthy_count: status === "healthy" ? 1 : 0,
    unhealthy_count: status === "unhealthy" ? 1 : 0,
    error_message: errorOf(check),
    response_time_ms: check.latency_us / 1000,
    details: null,
    checked_by: checkedBy,
    checked_at: at,
    created_at: at,
    model: check.model,
    provider: check.provider,
    ...briefCheck(check),
  };
}

/** A check of a deployment that is named elsewhere. */
export function briefCheck(check: Omit<CheckEntry, "key">) {
  return {
    at: timeOf(check.at_ms),
    state: states[check.state] ?? "unknown",
    outcome: outcomeClassOf(check.class),
    http_status: check.http_status === 0 ? null : check.http_status,
    latency_ms: check.latency_us / 1000,
    error: errorOf(check),
    prompt_tokens: check.prompt_tokens,
    completion_tokens: check.completion_tokens,
    cost_usd: check.cost_nano_usd === null ? null : check.cost_nano_usd / 1e9,
  };
}

function shownTransition(transition: StoredTransition) {
  const { model_name, model_id, model, provider } = transition;
  return { model_name, model_id, model, provider, ...briefTransition(transition) };
}

export function briefTransition(transition: Omit<TransitionEntry, "key">) {
  return {
    at: timeOf(transition.at_ms),
    // What leads from a state to itself is no change of state.
    event: transition.from_state === transition.to_state ? "model_changed" : "state_changed",
    from: states[transition.from_state] ?? "unknown",
    to: states[transition.to_state] ?? "unknown",
    outcome: outcomeClassOf(transition.class),
    http_status: transition.http_status === 0 ? null : transition.http_status,
    error: errorOf(transition),
  };
}

/** Words about an outcome that did not pass; null when it did and there is nothing to say. */
export function errorOf({ class: code, text }: { class: number; text: string }): string | null {
  const outcome = outcomeClasses[outcomeClassOf(code)];
  if (text !== "") return text.slice(0, errorCharactersMax);
  return outcome.effect === "passed" ? null : outcome.sentence;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
