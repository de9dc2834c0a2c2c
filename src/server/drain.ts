// GET /health/drain, as the proxy has it: takes this process out of service and answers when its requests have ended. From
// then on liveliness and readiness answer 503 and nothing is probed, until the process is started anew.

import { Elysia } from "elysia";
import type { Clock } from "../clock.ts";
import type { ServerContext } from "./context.ts";
import { type Gate, isSame } from "./gate.ts";
import { Refusal } from "./problem.ts";

export interface DrainSteps {
  readonly clock: Clock;
  readonly timeoutMs: () => number;
  /** Liveliness and readiness answer 503 from now on. */
  readonly announce: () => void;
  /** Ends what is asked upstream, and those who wait for it; takes no longer than this. */
  readonly stopProbing: (timeoutMs: number) => Promise<void>;
  /** Requests that are being answered. */
  readonly inFlight: () => number;
}

const lookMs = 10;

/** A function that drains once, however often it is called; it resolves with the number of requests that ended. */
export function createDrain(steps: DrainSteps): () => Promise<number> {
  const { clock, inFlight } = steps;
  let callers = 0;
  let drained: Promise<number> | null = null;

  /** Those that wait for the drain itself are not waited for. */
  const others = () => Math.max(0, inFlight() - callers);

  async function drain(): Promise<number> {
    const before = others();
    const timeoutMs = steps.timeoutMs();
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    steps.announce();
    await steps.stopProbing(timeoutMs / 2);
    while (others() > 0 && clock.monotonicMs() < deadlineMs) await Bun.sleep(lookMs);
    return Math.max(0, before - others());
  }

  return async () => {
    callers += 1;
    try {
      drained ??= drain();
      return await drained;
    } finally {
      callers -= 1;
    }
  };
}

export function drainRoutes(context: ServerContext, gate: Gate) {
  const { settings, onRequest } = context;
  return new Elysia({ name: "drain" }).get(
    "/health/drain",
    ({ request, server }) =>
      gate.answer(
        "/health/drain",
        request,
        async () => {
          const { drainEndpoint, drainToken } = settings();
          if (!drainEndpoint) throw new Refusal(404, "there is no such route");
          const given = request.headers.get("x-drain-token") ?? "";
          if (drainToken !== null && !isSame(given, drainToken.reveal())) {
            throw new Refusal(401, "Invalid or missing X-Drain-Token");
          }
          // It ends at its own deadline; the server's for idle connections may come before.
          server?.timeout(request, 0);
          const drained_requests = await onRequest.drain();
          return Response.json(
            { status: "drained", drained_requests },
            { headers: { "cache-control": "no-cache" } },
          );
        },
        true,
      ),
    {
      detail: {
        summary: "Takes this process out of service",
        description:
          "404 unless general_settings.enable_drain_endpoint is true. Needs X-Drain-Token where a token is set. " +
          "Answers when the requests in flight have ended, or after the shutdown timeout; liveliness and " +
          "readiness answer 503 and nothing is probed until the process is started anew.",
        tags: ["process"],
        security: [],
      },
    },
  );
}
