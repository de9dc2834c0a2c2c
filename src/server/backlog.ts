// GET /health/backlog: what is under way, for who wants to know whether this process keeps up.

import { Elysia } from "elysia";
import { threadWord } from "../table/table.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";

export function backlogRoutes(context: ServerContext, gate: Gate) {
  const { table, dependencies, traffic, onRequest } = context;
  return new Elysia({ name: "backlog" }).get(
    "/health/backlog",
    ({ request }) =>
      gate.answer("/health/backlog", request, () => {
        const threads = dependencies.threads().map(({ thread, alive }) => ({
          thread,
          alive,
          deployments: threadWord(table, thread, "deployments"),
          scheduled: threadWord(table, thread, "scheduled"),
          in_flight: threadWord(table, thread, "inFlight"),
          queued: threadWord(table, thread, "queued"),
        }));
        const sum = (of: "in_flight" | "queued") =>
          threads.reduce((total, thread) => total + thread[of], 0);
        return Response.json(
          {
            in_flight_requests: traffic.current(),
            probes_in_flight: sum("in_flight"),
            probes_queued: sum("queued"),
            checks_waiting: onRequest.checksWaiting(),
            threads,
          },
          { headers: { "cache-control": "no-cache" } },
        );
      }),
    {
      detail: {
        summary: "Requests and probes under way",
        description:
          "in_flight_requests counts this request too; probes_queued are due and wait for a bound " +
          "(in flight, provider, host or key). scheduled are the planned probes of a thread, as of its last heartbeat.",
        tags: ["process"],
      },
    },
  );
}
