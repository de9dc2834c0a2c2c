// GET /metrics and /metrics/: the Prometheus text format, or OpenMetrics when the scraper asks for it.

import { Elysia } from "elysia";
import { bodyOf, respond } from "./body.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";

export function metricsRoutes(context: ServerContext, gate: Gate) {
  const answer = (request: Request) =>
    gate.answer(
      "/metrics",
      request,
      async () => {
        const openMetrics = /application\/openmetrics-text/i.test(
          request.headers.get("accept") ?? "",
        );
        const { contentType, text } = await context.exposeMetrics(openMetrics);
        return respond(request, bodyOf(text, contentType));
      },
      !context.settings().requireAuthForMetrics,
    );
  return new Elysia({ name: "metrics" })
    .get("/metrics", ({ request }) => answer(request), {
      detail: { summary: "Prometheus metrics", tags: ["metrics"] },
    })
    .get("/metrics/", ({ request }) => answer(request), { detail: { hide: true } });
}
