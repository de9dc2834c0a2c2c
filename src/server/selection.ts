// Which deployments a request asks for: filters and pages. An unknown value is 404, a bad one 400.

import { type Static, t } from "elysia";
import type { Directory } from "../registry/directory.ts";
import { states } from "../table/row.ts";
import { type ListName, listOf } from "./entry.ts";
import type { Counts, FleetStates } from "./fleet-states.ts";
import { Refusal } from "./problem.ts";

export const selectionQuery = t.Object({
  model: t.Optional(
    t.String({ description: "Public model name (or an alias of it), else litellm_params.model." }),
  ),
  model_id: t.Optional(t.String({ description: "Id of a deployment; wins over model." })),
  provider: t.Optional(t.String({ description: "Provider, such as openai or azure." })),
  status: t.Optional(
    t.Union(
      states.map((state) => t.Literal(state)),
      { description: "Only deployments in this state (healthy includes degraded)." },
    ),
  ),
  limit: t.Optional(
    t.Integer({ minimum: 1, maximum: 10_000, description: "Entries in one answer at most." }),
  ),
  cursor: t.Optional(t.String({ description: "`next_cursor` of the answer before." })),
});

export const healthQuery = t.Object({
  ...selectionQuery.properties,
  fail_on: t.Optional(
    t.Union([t.Literal("any"), t.Literal("all"), t.Literal("none")], {
      description:
        "Answer 503 when any or all of the deployments that model, model_id and provider select are unhealthy, or never.",
    }),
  ),
});

/** What a parameter must be, in words. */
export const expectations: Readonly<Record<string, string>> = {
  status: `one of ${states.join(", ")}`,
  limit: "a whole number from 1 to 10000",
  fail_on: "one of any, all, none",
  timeout: "seconds from 0 to 120",
  wait: "true or false",
};

export type SelectionQuery = Static<typeof selectionQuery>;

export interface Selection {
  /** The entries of this page, by list. */
  readonly page: Readonly<Record<ListName, readonly number[]>>;
  readonly pageLength: number;
  /** Slots of all entries that match, on whatever page. */
  readonly matching: readonly number[];
  readonly counts: Counts;
  /** Of all that model, model_id and provider name, whatever their status: what is left out of an answer is still there. */
  readonly verdict: Verdict;
  readonly nextCursor: string | null;
}

/** What the status code of an answer follows from. */
export interface Verdict {
  readonly counts: Counts;
  /** `model` or `model_id` was given. */
  readonly targeted: boolean;
}

/** True when the query asks for everything in one answer. */
export function isEverything(query: SelectionQuery): boolean {
  return Object.values(query).every((value) => value === undefined);
}

export function select(
  query: SelectionQuery,
  fleet: FleetStates,
  directory: Directory,
  aliases: Readonly<Record<string, string>>,
): Selection {
  const chosen = byProvider(query.provider, byTarget(query, directory, aliases), directory);
  const shows = statusFilter(query.status, fleet);
  const matching = shows === null ? chosen : chosen.filter(shows);
  // Of the whole fleet they are known.
  const chosenCounts = chosen === directory.slots() ? fleet.counts() : countsOf(chosen, fleet);
  // The entry that a cursor names may have another status by now: its place is among all that were chosen.
  const from = startOf(query.cursor, chosen, directory);
  const start = shows === null ? from : chosen.slice(0, from).filter(shows).length;
  const end = Math.min(matching.length, query.limit === undefined ? Infinity : start + query.limit);
  const last = matching[end - 1];
  return {
    page: byList(matching, start, end, fleet),
    pageLength: Math.max(0, end - start),
    matching,
    counts: shows === null ? chosenCounts : countsOf(matching, fleet),
    verdict: {
      counts: chosenCounts,
      targeted: query.model !== undefined || query.model_id !== undefined,
    },
    nextCursor: end < matching.length && last !== undefined ? cursorOf(last, directory) : null,
  };
}

function byProvider(
  provider: string | undefined,
  slots: readonly number[],
  directory: Directory,
): readonly number[] {
  if (provider === undefined) return slots;
  const served = directory.byProvider(provider);
  if (served.length === 0) throw new Refusal(404, `no deployment of provider ${quote(provider)}`);
  return slots === directory.slots()
    ? served
    : slots.filter((slot) => directory.at(slot)?.provider === provider);
}

/** Null shows all. */
function statusFilter(
  status: SelectionQuery["status"],
  fleet: FleetStates,
): ((slot: number) => boolean) | null {
  if (status === undefined) return null;
  return (slot) => {
    const state = fleet.state(slot);
    return status === "degraded" ? state === "degraded" : listOf(state) === status;
  };
}

export function countsOf(slots: readonly number[], fleet: FleetStates): Counts {
  const counts: Counts = { healthy: 0, unhealthy: 0, unknown: 0 };
  for (const slot of slots) counts[listOf(fleet.state(slot))] += 1;
  return counts;
}

export function byList(
  slots: readonly number[],
  start: number,
  end: number,
  fleet: FleetStates,
): Selection["page"] {
  const lists = { healthy: [] as number[], unhealthy: [] as number[], unknown: [] as number[] };
  for (let index = start; index < end; index += 1) {
    const slot = slots[index] as number;
    lists[listOf(fleet.state(slot))].push(slot);
  }
  return lists;
}

function byTarget(
  query: SelectionQuery,
  directory: Directory,
  aliases: Readonly<Record<string, string>>,
): readonly number[] {
  if (query.model_id !== undefined) {
    const slots = directory.byModelId(query.model_id);
    if (slots.length === 0)
      throw new Refusal(404, `no deployment has model_id ${quote(query.model_id)}`);
    return slots;
  }
  const { model } = query;
  if (model === undefined) return directory.slots();
  const group = (Object.hasOwn(aliases, model) ? aliases[model] : model) ?? model;
  const named = directory.byModelName(group);
  if (named.length > 0) return named;
  const configured = directory.byModel(model);
  if (configured.length === 0) throw new Refusal(404, `no deployment serves model ${quote(model)}`);
  return configured;
}

/** A cursor names the last entry of the page before, so that a reload in between shifts nothing. */
function cursorOf(slot: number, directory: Directory): string {
  return ((directory.at(slot)?.identity ?? 0) >>> 0).toString(36);
}

function startOf(
  cursor: string | undefined,
  chosen: readonly number[],
  directory: Directory,
): number {
  if (cursor === undefined) return 0;
  const identity = Number.parseInt(cursor, 36) | 0;
  const index = chosen.findIndex((slot) => directory.at(slot)?.identity === identity);
  if (index < 0) throw new Refusal(400, "the cursor is not known any more; start without one");
  return index + 1;
}

function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}...` : value);
}
