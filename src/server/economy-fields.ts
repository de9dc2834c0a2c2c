// What an entry tells of the question that was asked, its cost, the model that answered and the provider's limits. Fields are left
// out where there is nothing to tell, because a large fleet has many entries.

import { refusalMend } from "../fleet/refusals.ts";
import type { Listed } from "../registry/directory.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { hasMark } from "../table/probe-marks.ts";
import type { Row } from "../table/row.ts";
import { dayOf } from "../table/spending.ts";

/** Of every entry. */
export function economyFields({ model }: Listed, row: Row) {
  if (row.lastCheckMs === 0 && row.withheldProbes === 0) return {};
  const reason = budgetReason(row);
  const warning = hasMark(row, "otherModel")
    ? `${row.servedModel} answered where ${model} was asked`
    : null;
  const wasRefused = row.outcomeClass === outcomeClasses.bad_probe.code;
  return {
    ...(row.lastCheckMs === 0 ? {} : { probe: hasMark(row, "free") ? "metadata" : "completion" }),
    ...(row.servedModel === "" ? {} : { served_model: row.servedModel }),
    ...(warning === null ? {} : { warning }),
    ...(wasRefused ? { mend: refusalMend } : {}),
    ...(reason === null ? {} : { probe_budget: "spent", probe_budget_reason: reason }),
    ...told("x-ratelimit-remaining-requests", row.requestsRemaining),
    ...told("x-ratelimit-remaining-tokens", row.tokensRemaining),
    ...(row.region === "" ? {} : { "x-ms-region": row.region }),
  };
}

/** Of the entry of one deployment. */
export function economyDetails(deployment: Listed, row: Row, wallMs: number) {
  const isToday = row.spentDay === dayOf(wallMs);
  return {
    last_paid_check: secondsAt(row.lastPaidSeconds),
    model_changes: row.modelChanges,
    rate_limits: {
      requests: limitOf(row.requestsLimit, row.requestsRemaining, row.requestsResetSeconds),
      tokens: limitOf(row.tokensLimit, row.tokensRemaining, row.tokensResetSeconds),
    },
    budget: {
      tokens_today: isToday ? row.spentTokens : 0,
      cost_usd_today: isToday ? row.spentNanoUsd / 1e9 : 0,
      tokens_per_day: deployment.tokensPerDay,
      usd_per_day: deployment.usdPerDay,
      withheld_probes: row.withheldProbes,
    },
  };
}

function budgetReason(row: Row): string | null {
  const own = hasMark(row, "ownBudgetSpent");
  if (!own && !hasMark(row, "wholeBudgetSpent")) return null;
  const whose = own ? "this deployment's budget" : "the budget of all deployments";
  const until = new Date((row.spentDay + 1) * 86_400_000).toISOString();
  return hasMark(row, "waits")
    ? `${whose} for probes is spent for the day: nothing is asked before ${until}`
    : `${whose} for probes is spent for the day: the free question is asked until ${until}`;
}

/** As LiteLLM shows them: texts. */
function told(name: string, value: number): Record<string, string> {
  return value === 0 ? {} : { [name]: String(value - 1) };
}

function limitOf(limit: number, remaining: number, resetSeconds: number) {
  if (limit === 0 && remaining === 0) return null;
  return {
    limit: limit === 0 ? null : limit - 1,
    remaining: remaining === 0 ? null : remaining - 1,
    resets_at: secondsAt(resetSeconds),
  };
}

function secondsAt(seconds: number): string | null {
  return seconds === 0 ? null : new Date(seconds * 1000).toISOString();
}
