// Which deployments a request asks for: filters and pages. An unknown value is 404, a bad one 400.

import { type Static, t } from "elysia";
import type { Directory } from "../registry/directory.ts";
import { states } from "../table/row.ts";
import { listOf } from "./entry.ts";
import type { Fragment } from "./fragments.ts";
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
        "Answer 503 when any or all of the selected deployments are unhealthy, or never.",
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
  /** The entries of this page. */
  readonly page: readonly Fragment[];
  /** All entries that match, on whatever page. */
  readonly matching: readonly Fragment[];
  readonly nextCursor: string | null;
  /** `model` or `model_id` was given. */
  readonly targeted: boolean;
}

/** True when the query asks for everything in one answer. */
export function isEverything(query: SelectionQuery): boolean {
  return Object.values(query).every((value) => value === undefined);
}

export function select(
  query: SelectionQuery,
  fragments: readonly Fragment[],
  directory: Directory,
  aliases: Readonly<Record<string, string>>,
): Selection {
  let matching = byTarget(query, fragments, directory, aliases);
  if (query.provider !== undefined) {
    const { provider } = query;
    const served = (fragment: Fragment) => directory.at(fragment.slot)?.provider === provider;
    if (!fragments.some(served))
      throw new Refusal(404, `no deployment of provider ${quote(provider)}`);
    matching = matching.filter(served);
  }
  if (query.status !== undefined) {
    const { status } = query;
    matching = matching.filter(({ state }) =>
      status === "degraded" ? state === "degraded" : listOf(state) === status,
    );
  }
  const start = startOf(query.cursor, matching);
  const end = query.limit === undefined ? matching.length : start + query.limit;
  const last = matching[end - 1];
  return {
    page: start === 0 && end >= matching.length ? matching : matching.slice(start, end),
    matching,
    nextCursor: end < matching.length && last !== undefined ? cursorOf(last) : null,
    targeted: query.model !== undefined || query.model_id !== undefined,
  };
}

function byTarget(
  query: SelectionQuery,
  fragments: readonly Fragment[],
  directory: Directory,
  aliases: Readonly<Record<string, string>>,
): readonly Fragment[] {
  if (query.model_id !== undefined) {
    const slots = new Set(directory.byModelId(query.model_id));
    if (slots.size === 0)
      throw new Refusal(404, `no deployment has model_id ${quote(query.model_id)}`);
    return fragments.filter(({ slot }) => slots.has(slot));
  }
  const { model } = query;
  if (model === undefined) return fragments;
  const group = Object.hasOwn(aliases, model) ? aliases[model] : model;
  const named = fragments.filter(({ slot }) => directory.at(slot)?.modelName === group);
  if (named.length > 0) return named;
  const configured = fragments.filter(({ slot }) => directory.at(slot)?.model === model);
  if (configured.length === 0) throw new Refusal(404, `no deployment serves model ${quote(model)}`);
  return configured;
}

/** A cursor names the last entry of the page before, so that a reload in between shifts nothing. */
function cursorOf(fragment: Fragment): string {
  return (fragment.identity >>> 0).toString(36);
}

function startOf(cursor: string | undefined, matching: readonly Fragment[]): number {
  if (cursor === undefined) return 0;
  const index = matching.findIndex((fragment) => cursorOf(fragment) === cursor);
  if (index < 0) throw new Refusal(400, "the cursor is not known any more; start without one");
  return index + 1;
}

function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}...` : value);
}
