// GET /metrics and /metrics/: the Prometheus text format, or OpenMetrics when the scraper asks for it.

import { randomUUID } from "node:crypto";
import { Elysia } from "elysia";
import { bodyOf, respond } from "./body.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import { stream } from "./stream.ts";

const wholeBytesMax = 1024 * 1024;

function* bytesOf(pieces: readonly SharedArrayBuffer[]): Generator<Uint8Array> {
  for (const piece of pieces) yield new Uint8Array(piece);
}

export function metricsRoutes(context: ServerContext, gate: Gate) {
  const answer = (request: Request) =>
    gate.answer(
      "/metrics",
      request,
      async () => {
        const openMetrics = /application\/openmetrics-text/i.test(
          request.headers.get("accept") ?? "",
        );
        const { contentType, pieces } = await context.exposeMetrics(openMetrics);
        const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
        if (length <= wholeBytesMax) {
          const text = Buffer.concat([...bytesOf(pieces)]).toString("utf8");
          return respond(request, bodyOf(text, contentType));
        }
        // Every scrape differs from the one before.
        return stream(request, bytesOf(pieces), randomUUID(), contentType);
      },
      !context.settings().requireAuthForMetrics,
    );
  return new Elysia({ name: "metrics" })
    .get("/metrics", ({ request }) => answer(request), {
      detail: { summary: "Prometheus metrics", tags: ["metrics"] },
    })
    .get("/metrics/", ({ request }) => answer(request), { detail: { hide: true } });
}
