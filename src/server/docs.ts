// The API's description (OpenAPI) and a page to browse it. Script and style of the page come from an installed package:
// a page that loads from the internet is of no use in a closed network.
// Everything here is loaded when somebody looks at it first: a start without it is 27 ms sooner.

import { type AnyElysia, Elysia } from "elysia";
import type { Gate } from "./gate.ts";

const files = {
  "/openapi/swagger-ui-bundle.js": ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  "/openapi/swagger-ui.css": ["swagger-ui.css", "text/css; charset=utf-8"],
} as const;

/** `routes` makes the routes that are described, without a listener. */
export function docsRoutes(version: string, gate: Gate, routes: () => AnyElysia) {
  let described: Promise<AnyElysia> | null = null;
  const docs = new Elysia({ name: "docs" });
  for (const path of ["/openapi", "/openapi/json"]) {
    docs.get(
      path,
      ({ request }) =>
        gate.answer(path, request, async () => {
          described ??= describe(version, routes());
          return (await described).handle(request);
        }),
      { detail: { hide: true } },
    );
  }
  for (const [path, [file, contentType]] of Object.entries(files)) {
    docs.get(
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
  return docs;
}

async function describe(version: string, routes: AnyElysia): Promise<AnyElysia> {
  const { openapi } = await import("@elysiajs/openapi");
  return routes.use(
    openapi({
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
    }),
  );
}
