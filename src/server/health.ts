// GET /health, /health/models and /health/models/{model_id}: the fleet's status, from the table.

import { Elysia, t } from "elysia";
import { HistoryError } from "../history/asker.ts";
import { bodyOf, respond } from "./body.ts";
import type { Condition } from "./condition.ts";
import type { ServerContext } from "./context.ts";
import { detailedEntryOf } from "./entry.ts";
import { type FleetView, statusOf } from "./fleet-view.ts";
import type { Gate } from "./gate.ts";
import type { LargeAnswers } from "./large-answers.ts";
import { Refusal } from "./problem.ts";
import { healthQuery, isEverything, type Selection, selectionQuery } from "./selection.ts";
import { wholeMax } from "./stream.ts";
import { createView, renderHealth, renderModels } from "./view.ts";

export function healthRoutes(
  context: ServerContext,
  gate: Gate,
  view: FleetView,
  large: LargeAnswers,
) {
  const { directory, reader, clock, version } = context;

  function revision(): string {
    return [view.fleet().revision(), JSON.stringify(view.condition())].join();
  }

  const whole = createView(
    revision,
    () => {
      const condition = view.condition();
      const pieces = renderWhole(condition);
      return { healthy: condition.healthy, body: bodyOf([...pieces].join("")) };
    },
    clock,
    view.checksEnded,
  );
  const wholeModels = createView(
    () => view.fleet().revision(),
    () => bodyOf([...renderModels(view.shown(view.fleet().lists()))].join("")),
    clock,
    view.checksEnded,
  );

  function renderWhole(condition: Condition): Generator<string> {
    const fleet = view.fleet();
    return renderHealth(condition, version, view.shown(fleet.lists()), fleet.counts());
  }

  const isLarge = () => directory.slots().length > wholeMax;

  function everything(request: Request): Response | Promise<Response> {
    if (isLarge()) {
      const condition = view.condition();
      return large.respond(request, {
        name: "/health",
        revision: revision(),
        status: condition.healthy ? 200 : 503,
        pieces: () => renderWhole(condition),
      });
    }
    const { healthy, body } = whole.get();
    return respond(request, body, healthy ? 200 : 503);
  }

  function everyModel(request: Request): Response | Promise<Response> {
    if (!isLarge()) return respond(request, wholeModels.get());
    return large.respond(request, {
      name: "/health/models",
      revision: view.fleet().revision(),
      pieces: () => renderModels(view.shown(view.fleet().lists())),
    });
  }

  function selected(
    request: Request,
    { pageLength }: Selection,
    pieces: Generator<string>,
    status = 200,
  ): Response | Promise<Response> {
    if (pageLength > wholeMax) {
      const { url } = request;
      const made = { name: url, revision: `${revision()} ${url}`, status, pieces: () => pieces };
      return large.respond(request, made);
    }
    return respond(request, bodyOf([...pieces].join("")), status);
  }

  return new Elysia({ name: "health", aot: true })
    .get(
      "/health",
      ({ request, query }) =>
        gate.answer("/health", request, () => {
          if (isEverything(query)) return everything(request);
          const { fail_on, ...filters } = query;
          const selection = view.select(filters);
          const { page, counts, verdict, nextCursor } = selection;
          const now = view.condition();
          const pieces = renderHealth(now, version, view.shown(page, nextCursor), counts);
          return selected(request, selection, pieces, statusOf(verdict, now.healthy, fail_on));
        }),
      {
        query: healthQuery,
        detail: {
          summary: "Every deployment with its status",
          description:
            "200 when this service and what it depends on are well, 503 otherwise. A model that is down does " +
            "not make it 503, unless it was asked for by model or model_id and nothing of it is healthy, or " +
            "fail_on says so. Answered from memory: no GET causes a probe, POST /health/check does.",
          tags: ["health"],
        },
      },
    )
    .get(
      "/health/models",
      ({ request, query }) =>
        gate.answer("/health/models", request, () => {
          if (!context.configured()) throw new Refusal(503, "the configuration is being loaded");
          if (isEverything(query)) return everyModel(request);
          const selection = view.select(query);
          const pieces = renderModels(view.shown(selection.page, selection.nextCursor));
          return selected(request, selection, pieces);
        }),
      {
        query: selectionQuery,
        detail: { summary: "Deployments by status", tags: ["health"] },
      },
    )
    .get(
      "/health/models/:model_id",
      ({ request, params }) =>
        gate.answer("/health/models/:model_id", request, async () => {
          const found = directory.byModelId(params.model_id).flatMap((slot) => {
            const deployment = directory.at(slot);
            const { identity, row } = reader.read(slot);
            return deployment !== null && identity === deployment.identity
              ? [{ key: deployment.key, entry: detailedEntryOf(deployment, row, clock.wallMs()) }]
              : [];
          });
          const [first, ...others] = found;
          if (first === undefined) throw new Refusal(404, "no deployment has this model_id");
          const same = others.length === 0 ? {} : { same_id: others.map(({ entry }) => entry) };
          const head = JSON.stringify({ ...first.entry, ...same });
          const past = await pastOf(context, first.key);
          return respond(request, bodyOf(`${head.slice(0, -1)},${past.slice(1)}`));
        }),
      {
        params: t.Object({ model_id: t.String() }),
        detail: {
          summary: "One deployment with its recent history",
          description:
            "The entry from memory with the milliseconds of each phase of its last probe (first_token is that of a stream, null " +
            "without one), the address that was reached and the end of the certificate; with recent checks and changes, and uptime, outcomes and latency percentiles over " +
            "1 h, 24 h, 7 d and 30 d. When history cannot be asked, history_error says why and the rest is there.",
          tags: ["health"],
        },
      },
    );
}

/** What history says of a deployment, as a JSON object; when it cannot be asked, why. */
async function pastOf({ history }: ServerContext, key: string): Promise<string> {
  if (history.state() === null) {
    return JSON.stringify({ history_error: "fleetpulse.history is false" });
  }
  try {
    return await history.ask({ type: "deployment", key });
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return JSON.stringify({ history_error: error.message });
  }
}
