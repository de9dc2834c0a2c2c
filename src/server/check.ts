// POST /health/check: probes now, and answers with what came of it.

import { Elysia, type Static, t } from "elysia";
import type { Listed } from "../registry/directory.ts";
import { bodyOf, respond } from "./body.ts";
import type { ServerContext } from "./context.ts";
import { type FleetView, statusOf } from "./fleet-view.ts";
import type { Gate } from "./gate.ts";
import type { LargeAnswers } from "./large-answers.ts";
import { Refusal } from "./problem.ts";
import { createBodyReader } from "./request-body.ts";
import { byList, countsOf, healthQuery } from "./selection.ts";
import { wholeMax } from "./stream.ts";
import { renderHealth } from "./view.ts";

const timeoutMaxSeconds = 120;
/** What waiting for a bound may take on top of the longest probe. */
const marginMs = 5000;

const { model, model_id, provider, fail_on } = healthQuery.properties;
const checkQuery = t.Object(
  {
    model,
    model_id,
    provider,
    fail_on,
    timeout: t.Optional(
      t.Number({
        minimum: 0,
        maximum: timeoutMaxSeconds,
        description:
          "Seconds to wait; by default as long as the slowest of the selected may take, 120 at most.",
      }),
    ),
    rung: t.Optional(
      t.Union([t.Literal("completion"), t.Literal("metadata")], {
        description:
          "completion asks the paid question whatever it costs, metadata the free one. By default the paid one, " +
          "where mode, plan and budget of a deployment allow it.",
      }),
    ),
    wait: t.Optional(
      t.Boolean({ description: "false answers at once with 202; the probes run all the same." }),
    ),
  },
  { additionalProperties: false },
);

type CheckQuery = Static<typeof checkQuery>;

export function checkRoutes(
  context: ServerContext,
  gate: Gate,
  view: FleetView,
  large: LargeAnswers,
) {
  const { directory, settings, version, onRequest } = context;
  const body = createBodyReader(checkQuery);

  async function check(
    request: Request,
    query: CheckQuery,
    beforeWaiting: (timeoutMs: number) => void,
  ): Promise<Response> {
    if (!context.configured()) throw new Refusal(503, "the configuration is being loaded");
    refuseUnknown(request.url);
    const {
      wait = true,
      timeout,
      fail_on,
      rung,
      ...filters
    } = {
      ...(await body.read(request)),
      ...query,
    };
    const chosen = view.select(filters);
    const identities = new Map(
      chosen.matching.map((slot) => [slot, directory.at(slot)?.identity ?? null]),
    );
    const asked = chosen.matching.flatMap((slot) => {
      const deployment = directory.at(slot);
      const isFit = rung !== "metadata" || deployment?.hasFree === true;
      return deployment?.isAskable === true && isFit ? [{ slot, deployment }] : [];
    });
    const timeoutMs =
      timeout === undefined
        ? longestMs(
            asked.map(({ deployment }) => deployment),
            settings().maxRatePerSecond,
          )
        : timeout * 1000;
    if (wait) beforeWaiting(timeoutMs);
    const slots = asked.map(({ slot }) => slot);
    // A client that is gone waits for nothing.
    const ended = await onRequest.check(
      { slots, timeoutMs, wait, ...(rung === undefined ? {} : { rung }) },
      request.signal,
    );
    if ("refused" in ended) throw refusalOf(ended.refused, ended.retryAfterMs);
    if (wait) view.checkEnded();
    const waiting = new Set(ended.pending);
    // A reload may have taken some of them away meanwhile.
    const matching = chosen.matching.filter(
      (slot) => directory.at(slot)?.identity === identities.get(slot),
    );
    const pending = matching.filter((slot) => waiting.has(slot)).length;
    const wasAsked = new Set(slots);
    const skipped = matching.filter((slot) => !wasAsked.has(slot)).length;
    const checked = matching.length - pending - skipped;
    const fleet = view.fleet();
    const counts = countsOf(matching, fleet);
    const condition = view.condition();
    const pieces = renderHealth(
      condition,
      version,
      view.shown(byList(matching, 0, matching.length, fleet)),
      counts,
      { checked, pending, skipped },
    );
    const { targeted } = chosen.verdict;
    const status = wait ? statusOf({ counts, targeted }, condition.healthy, fail_on) : 202;
    if (matching.length > wholeMax) {
      // What came of one check is nobody else's answer.
      const name = `/health/check ${crypto.randomUUID()}`;
      const revision = fleet.revision();
      return large.respond(request, { name, revision, status, pieces: () => pieces });
    }
    return respond(request, bodyOf([...pieces].join("")), status);
  }

  return new Elysia({ name: "check" }).post(
    "/health/check",
    ({ request, query, server }) =>
      gate.answer("/health/check", request, () =>
        check(request, query, (timeoutMs) =>
          // The server closes what is idle for long; this waits on purpose.
          server?.timeout(request, Math.ceil((timeoutMs + marginMs) / 1000)),
        ),
      ),
    {
      parse: "none",
      query: checkQuery,
      detail: {
        summary: "Probes now and answers with what came of it",
        description:
          "Asks each of the selected deployments once, within all bounds. One that is being asked already, or " +
          "was within the last second, is not asked again: its answer counts. Body and status code are those " +
          "of GET /health for the selection, with checked, pending (no answer at the deadline) and skipped " +
          "(cannot be probed, or has no free question where that is asked for). 429 with Retry-After beyond fleetpulse.check_rate. The parameters may also be " +
          "a JSON body; the query string wins.",
        tags: ["health"],
        requestBody: {
          required: false,
          content: { "application/json": { schema: { ...checkQuery } as object } },
        },
      },
    },
  );
}

/** As long as the slowest may take, and as all of them may have to wait for their turn. */
function longestMs(deployments: readonly Listed[], ratePerSecond: number): number {
  const slowestMs = deployments.reduce((ms, { totalMs }) => Math.max(ms, totalMs), 0);
  const turnsMs = (deployments.length / ratePerSecond) * 1000;
  return Math.min(timeoutMaxSeconds * 1000, slowestMs + turnsMs + marginMs);
}

/** A misspelled filter would be none, and the whole fleet would be asked. */
function refuseUnknown(url: string): void {
  for (const name of new URL(url).searchParams.keys()) {
    if (!Object.hasOwn(checkQuery.properties, name)) {
      throw new Refusal(400, `there is no parameter ${JSON.stringify(name.slice(0, 100))}`);
    }
  }
}

function refusalOf(refused: "stopping" | "waiting" | "rate", retryAfterMs: number): Refusal {
  if (refused === "stopping") return new Refusal(503, "the service is stopping and probes no more");
  const message =
    refused === "waiting"
      ? "too many checks are waiting for their probes"
      : "more probes were asked for than fleetpulse.check_rate allows";
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new Refusal(429, `${message}; try again in ${seconds} s`, {
    "retry-after": String(seconds),
  });
}
