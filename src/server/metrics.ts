// GET /metrics and /metrics/: the Prometheus text format, or OpenMetrics when the scraper asks for it.

import { Elysia } from "elysia";
import { negotiate } from "./body.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import { streamBytes } from "./stream.ts";

const chunkBytes = 65_536;

/** In pieces that are soon copied: others are answered in between. */
function* chunksOf(pieces: readonly SharedArrayBuffer[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let from = 0; from < piece.byteLength; from += chunkBytes) {
      yield new Uint8Array(piece, from, Math.min(chunkBytes, piece.byteLength - from));
    }
  }
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
        const gzip = negotiate(request.headers.get("accept-encoding"), ["gzip"]) !== null;
        const { contentType, encoding, pieces } = await context.exposeMetrics({
          openMetrics,
          gzip,
        });
        return streamBytes(chunksOf(pieces), {
          "content-type": contentType,
          "cache-control": "no-cache",
          vary: "Accept-Encoding",
          ...(encoding === null ? {} : { "content-encoding": encoding }),
        });
      },
      !context.settings().requireAuthForMetrics,
    );
  return new Elysia({ name: "metrics" })
    .get("/metrics", ({ request }) => answer(request), {
      detail: { summary: "Prometheus metrics", tags: ["metrics"] },
    })
    .get("/metrics/", ({ request }) => answer(request), { detail: { hide: true } });
}
