// GET /health/history and /health/latest: what was, from the store of history, and what is, from memory. The recorder's thread asks the
// store and renders the answer; this one only hands it on.

import { Elysia, t } from "elysia";
import { timeOf } from "../clock.ts";
import { HistoryError } from "../history/asker.ts";
import { classCodesOf, errorOf, stateCodesOf, statusOfCheck } from "../history/shown.ts";
import type { PageQuery, Place } from "../history/store.ts";
import type { Listed } from "../registry/directory.ts";
import { outcomeClassOf } from "../table/outcome-class.ts";
import { type Row, stateOf } from "../table/row.ts";
import { epochOf } from "../table/table.ts";
import { bodyOf, respond } from "./body.ts";
import type { ServerContext } from "./context.ts";
import { listOf } from "./entry.ts";
import type { FleetView } from "./fleet-view.ts";
import type { Gate } from "./gate.ts";
import type { LargeAnswers } from "./large-answers.ts";
import { Refusal } from "./problem.ts";
import { timeInQuery } from "./query-time.ts";
import { wholeMax } from "./stream.ts";
import { createView } from "./view.ts";

const limitDefault = 100;
const statuses = ["healthy", "unhealthy", "unknown", "degraded"] as const;

const historyQuery = t.Object({
  kind: t.Optional(
    t.Union([t.Literal("checks"), t.Literal("transitions")], {
      description: "Single outcomes (the default), or changes of state, which are kept for longer.",
    }),
  ),
  model: t.Optional(t.String({ description: "Public model name, else litellm_params.model." })),
  model_id: t.Optional(t.String({ description: "Id of a deployment; wins over model." })),
  status: t.Optional(
    t.Union(
      statuses.map((status) => t.Literal(status)),
      { description: "What the outcome said, or to what the state changed." },
    ),
  ),
  status_filter: t.Optional(
    t.Union(
      statuses.map((status) => t.Literal(status)),
      { description: "LiteLLM's name of status." },
    ),
  ),
  from: t.Optional(
    t.String({ description: "RFC 3339, in UTC unless an offset is given; from then on." }),
  ),
  to: t.Optional(
    t.String({ description: "RFC 3339, in UTC unless an offset is given; before then." }),
  ),
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 1000, description: "100 unless given." })),
  offset: t.Optional(t.Integer({ minimum: 0, maximum: 1_000_000 })),
  cursor: t.Optional(t.String({ description: "`next_cursor` of the answer before." })),
});

/** An entry of /health/latest, with the names that LiteLLM gives its fields. */
function latestOf(slot: number, listed: Listed, row: Row) {
  const outcome = outcomeClassOf(row.outcomeClass);
  const at = timeOf(row.lastCheckMs);
  const status = listOf(stateOf(row));
  return {
    health_check_id: `${row.lastCheckMs}.${slot}`,
    model_name: listed.modelName,
    model_id: listed.modelId,
    status,
    healthy_count: status === "healthy" ? 1 : 0,
    unhealthy_count: status === "unhealthy" ? 1 : 0,
    error_message: errorOf({ class: row.outcomeClass, text: row.text }),
    response_time_ms: row.latencyMicros / 1000,
    details: null,
    checked_by: "fleetpulse",
    checked_at: at,
    created_at: at,
    model: listed.model,
    provider: listed.provider,
    state: stateOf(row),
    outcome,
    last_check_status: statusOfCheck(outcome),
    last_change: timeOf(row.sinceMs),
    last_success: timeOf(row.lastSuccessMs),
  };
}

/** What a parameter must be, in words. */
export const historyExpectations: Readonly<Record<string, string>> = {
  kind: "one of checks, transitions",
  status_filter: `one of ${statuses.join(", ")}`,
  offset: "a whole number from 0 to 1000000",
};

export function historyRoutes(
  context: ServerContext,
  gate: Gate,
  view: FleetView,
  large: LargeAnswers,
) {
  const { directory, reader, table, clock, settings } = context;

  async function history(query: PageQuery): Promise<string> {
    if (context.history.state() === null)
      throw new Refusal(404, "fleetpulse.history is false: none is kept");
    try {
      return await context.history.ask({ type: "page", query });
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      throw new Refusal(503, `history cannot be asked: ${error.message}`);
    }
  }

  function* latest(): Generator<string> {
    const seen = new Map<string, number>();
    let total = 0;
    yield '{"latest_health_checks":{';
    for (const slot of directory.slots()) {
      const listed = directory.at(slot);
      const { identity, row } = reader.read(slot);
      if (listed === null || identity !== listed.identity || row.lastCheckMs === 0) continue;
      // Ids may be shared; the keys of an answer may not.
      const times = (seen.get(listed.modelId) ?? 0) + 1;
      seen.set(listed.modelId, times);
      const id = times === 1 ? listed.modelId : `${listed.modelId}#${times}`;
      const entry = `${JSON.stringify(id)}:${JSON.stringify(latestOf(slot, listed, row))}`;
      yield total === 0 ? entry : `,${entry}`;
      total += 1;
    }
    yield `},"total_models":${total}}`;
  }

  const revision = () => `${epochOf(table)}.${directory.generation()}`;
  const name = "/health/latest";
  const latestView = createView(
    revision,
    () => bodyOf([...latest()].join("")),
    clock,
    view.checksEnded,
  );

  return new Elysia({ name: "history" })
    .get(
      "/health/history",
      ({ request, query }) =>
        gate.answer("/health/history", request, async () => {
          const body = await history(pageQueryOf(query, settings().modelGroupAlias));
          return respond(request, bodyOf(body));
        }),
      {
        query: historyQuery,
        detail: {
          summary: "Outcomes or changes of state, newest first",
          description:
            "total_records counts all that match, on whatever page. Outcomes are kept for fleetpulse.keep_checks, " +
            "changes (kind=transitions) for fleetpulse.keep_transitions.",
          tags: ["history"],
        },
      },
    )
    .get(
      "/health/latest",
      ({ request }) =>
        gate.answer("/health/latest", request, () =>
          directory.slots().length > wholeMax
            ? large.respond(request, { name, revision: revision(), pieces: latest })
            : respond(request, latestView.get()),
        ),
      {
        detail: { summary: "The last check of every deployment, from memory", tags: ["history"] },
      },
    );
}

function pageQueryOf(
  query: typeof historyQuery.static,
  aliases: Readonly<Record<string, string>>,
): PageQuery {
  const kind = query.kind ?? "checks";
  const status = query.status ?? query.status_filter ?? null;
  const { model } = query;
  return {
    kind,
    model:
      model === undefined
        ? null
        : Object.hasOwn(aliases, model)
          ? (aliases[model] ?? model)
          : model,
    modelId: query.model_id ?? null,
    codes: kind === "checks" ? classCodesOf(status) : stateCodesOf(status),
    fromMs: timeIn("from", query.from),
    toMs: timeIn("to", query.to),
    limit: query.limit ?? limitDefault,
    offset: query.offset ?? 0,
    after: query.cursor === undefined ? null : placeOf(query.cursor),
  };
}

function timeIn(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = timeInQuery(text);
  if (ms === null) {
    throw new Refusal(400, `parameter ${name} is not a time such as 2026-01-31T12:00:00Z`);
  }
  return ms;
}

function placeOf(cursor: string): Place {
  const [, at, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (at === undefined || seq === undefined) {
    throw new Refusal(400, "the cursor is not one of ours; start without one");
  }
  return { atMs: Number(at), seq: Number(seq) };
}
