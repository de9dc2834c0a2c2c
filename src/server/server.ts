// The HTTP server: one Elysia instance of a plugin per family of routes. It answers, and does nothing else.

import { Elysia } from "elysia";
import { backlogRoutes } from "./backlog.ts";
import { callbackRoutes } from "./callbacks.ts";
import { checkRoutes } from "./check.ts";
import type { ServerContext } from "./context.ts";
import { docsRoutes } from "./docs.ts";
import { drainRoutes } from "./drain.ts";
import { createFleetView, type FleetView } from "./fleet-view.ts";
import { createGate, type Gate } from "./gate.ts";
import { healthRoutes } from "./health.ts";
import { historyExpectations, historyRoutes } from "./history.ts";
import { createLargeAnswers, type LargeAnswers } from "./large-answers.ts";
import { livelinessPaths, livelinessRoutes, shuttingDown } from "./liveliness.ts";
import { metricsRoutes } from "./metrics.ts";
import { problem } from "./problem.ts";
import { readinessRoutes } from "./readiness.ts";
import { expectations } from "./selection.ts";
import { sharedStatusRoutes } from "./shared-status.ts";
import { testConnectionRoutes } from "./test-connection.ts";

/** Routes bound their bodies themselves, so that what is too large is told like any other mistake; the rest is never read. */
const requestBodyBytesMax = Number.MAX_SAFE_INTEGER;

export interface Server {
  readonly url: URL;
  /** Liveliness and readiness answer 503 from now on; everything else goes on. */
  announceShutdown(): void;
  /** Takes no more requests; resolves when those in flight are answered. */
  stop(): Promise<void>;
}

/** The application without a listener, for tests that hand it requests. */
export function createApp(context: ServerContext) {
  const gate = createGate({
    access: () => {
      const { masterKey, host } = context.settings();
      return { masterKey: masterKey?.reveal() ?? null, host };
    },
    publicRoutes: () => context.settings().publicRoutes,
    traffic: context.traffic,
    clock: context.clock,
    onFault: context.onFault,
  });
  const view = createFleetView(context);
  const large = createLargeAnswers(context.clock, view.checksEnded);
  const routes = () => answeringRoutes(context, gate, view, large);
  const known = new Map<string, Set<string>>();

  const app = new Elysia({ name: "fleetpulse", strictPath: true })
    .onError(({ code, error, request, route }) => {
      // Parameters are looked at before the route is: who has no key is told of nothing else.
      const refused = code === "VALIDATION" ? gate.refusal(route, request) : null;
      const answer = refused ?? errorAnswer(code, error, request, known, context.onFault);
      context.traffic.begin();
      context.traffic.end("none", request.method, answer.status, 0);
      return answer;
    })
    .use(livelinessRoutes())
    .use(routes())
    .use(
      docsRoutes(context.version, gate, () => new Elysia().use(livelinessRoutes()).use(routes())),
    );

  for (const { path, method } of app.routes) {
    const methods = known.get(path) ?? new Set();
    if (method === "GET") methods.add("HEAD");
    known.set(path, methods.add(method));
  }
  return app;
}

/** Everything that runs code of ours. */
function answeringRoutes(context: ServerContext, gate: Gate, view: FleetView, large: LargeAnswers) {
  return new Elysia({ name: "answering" })
    .use(healthRoutes(context, gate, view, large))
    .use(checkRoutes(context, gate, view, large))
    .use(testConnectionRoutes(context, gate))
    .use(backlogRoutes(context, gate))
    .use(drainRoutes(context, gate))
    .use(historyRoutes(context, gate, view, large))
    .use(readinessRoutes(context, gate))
    .use(sharedStatusRoutes(context, gate))
    .use(metricsRoutes(context, gate))
    .use(callbackRoutes(context, gate));
}

/** Listens; throws when the port is taken. Port 0 takes any free one. */
export function startServer(
  context: ServerContext,
  listen: { readonly hostname: string; readonly port: number },
): Server {
  const app = createApp(context).listen({
    ...listen,
    // Two processes on one port would share its requests without anybody noticing.
    reusePort: false,
    development: false,
    idleTimeout: 30,
    maxRequestBodySize: requestBodyBytesMax,
  });
  const { server } = app;
  if (server === null) throw new Error("the server did not start");
  return {
    url: server.url,
    announceShutdown() {
      const routes = Object.fromEntries(
        [...livelinessPaths, "/health/readiness"].map((path) => [path, { GET: shuttingDown() }]),
      );
      // Elysia sets its routes once more when its plugins are loaded, which may be just now: it finds them here.
      app.config.serve = { routes };
      server.reload({ routes, fetch: app.fetch });
    },
    stop: () => server.stop(),
  };
}

function errorAnswer(
  code: string | number,
  error: unknown,
  request: Request,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  onFault: (text: string) => void,
): Response {
  switch (code) {
    case "NOT_FOUND": {
      const methods = methodsOf(new URL(request.url).pathname, known);
      if (methods === null) return problem(404, "there is no such route");
      return problem(405, `this route answers ${methods}`, { allow: methods });
    }
    case "VALIDATION":
      return problem(400, validationText(error));
    case "PARSE":
      return problem(400, "the request body cannot be read");
    default:
      onFault(error instanceof Error ? `${error.name}: ${error.message}` : "unknown fault");
      return problem(500, "internal error");
  }
}

/** The methods of a route of ours, or null when the path is none. */
function methodsOf(path: string, known: ReadonlyMap<string, ReadonlySet<string>>): string | null {
  for (const [route, methods] of known) {
    const pattern = route.replaceAll(/:[^/]+/g, "[^/]+");
    if (new RegExp(`^${pattern}$`).test(path)) return [...methods].sort().join(", ");
  }
  return null;
}

/** Which parameter is wrong and what it must be; never the value, which may be anything. */
function validationText(error: unknown): string {
  const { valueError } = error as { valueError?: { path?: string; message?: string } };
  const name = valueError?.path?.replace(/^\//, "") ?? "";
  const expected = expectations[name] ?? historyExpectations[name];
  if (expected !== undefined) return `parameter ${name} is not ${expected}`;
  // Elysia does not name a number that is out of its range.
  return `a parameter is wrong: ${valueError?.message?.toLowerCase() ?? "not what this route takes"}`;
}
