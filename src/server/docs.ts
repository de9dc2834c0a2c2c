// The API's description (OpenAPI) and a page to browse it. Script and style of the page come from an installed package:
// a page that loads from the internet is of no use in a closed network.

import { openapi } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import type { Gate } from "./gate.ts";

const files = {
  "/openapi/swagger-ui-bundle.js": ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  "/openapi/swagger-ui.css": ["swagger-ui.css", "text/css; charset=utf-8"],
} as const;

export function docsRoutes(gate: Gate) {
  const routes = new Elysia({ name: "docs-files" });
  for (const [path, [file, contentType]] of Object.entries(files)) {
    routes.get(
      path,
      ({ request }) =>
        gate.answer(path, request, () => {
          const location = Bun.fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`));
          return new Response(Bun.file(location), {
            headers: { "content-type": contentType, "cache-control": "max-age=86400" },
          });
        }),
      { detail: { hide: true } },
    );
  }
  return routes;
}

/** The plugin that answers the page and the description; it sees the routes of the instance that uses it. */
export function openApi(version: string) {
  return openapi({
    path: "/openapi",
    provider: "swagger-ui",
    swagger: {
      cdn: "/openapi/swagger-ui-bundle.js",
      theme: "/openapi/swagger-ui.css",
    },
    documentation: {
      info: {
        title: "Fleetpulse",
        version,
        description: "Health of every model deployment of an LLM proxy, answered from memory.",
      },
      tags: [
        { name: "health", description: "What works, and what does not" },
        { name: "history", description: "What was" },
        { name: "process", description: "This process and what it depends on" },
        { name: "metrics", description: "Numbers for Prometheus" },
      ],
      components: {
        securitySchemes: { key: { type: "http", scheme: "bearer" } },
      },
      security: [{ key: [] }],
    },
  });
}
