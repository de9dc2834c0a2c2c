// GET /health/liveliness and its alias. The answers are static: the runtime sends them without running any code, so
// they touch no dependency, no table and no lock, and stay at the bare limit of the HTTP server
// (a function in their place costs a tenth of it). When the process begins to stop, they are exchanged for 503.

import { Elysia } from "elysia";

export const livelinessPaths = ["/health/liveliness", "/health/liveness"] as const;

const json = { "content-type": "application/json", "cache-control": "no-cache" };
const allow = { allow: "GET, HEAD, OPTIONS" };

export function alive(): Response {
  return new Response(`"I'm alive!"`, { headers: json });
}

export function shuttingDown(): Response {
  return Response.json({ status: "shutting_down" }, { status: 503, headers: json });
}

/** The probes of the process are asked with OPTIONS too, by browsers and load balancers. */
export function optionsAnswer(): Response {
  return new Response(null, { status: 204, headers: allow });
}

export function livelinessRoutes() {
  const routes = new Elysia({ name: "liveliness" });
  for (const path of livelinessPaths) {
    routes
      .get(path, alive(), {
        detail: { summary: "The process runs", tags: ["process"] },
      })
      .options(path, optionsAnswer(), {
        detail: { hide: true },
      });
  }
  return routes;
}
