// A simulated provider: real HTTP on loopback, all families on one port, and a raw listener beside
// it for behaviours that are not HTTP any more. Light enough to be driven hard by the bench.

import type { Socket, TCPSocketListener } from "bun";
import { type Behaviour, isUp, latencyOf, playedBy } from "./behaviour.ts";
import type { Ending } from "./question.ts";
import type { Stream } from "./streams.ts";
import { operationOf } from "./wire.ts";

export interface DemoProvider {
  /** Base of HTTP behaviours. */
  readonly url: string;
  /** Base of raw behaviours (garbage, reset). */
  readonly rawUrl: string;
  /** Requests that came in so far. */
  requests(): number;
  stop(): Promise<void>;
}

export interface DemoProviderOptions {
  /** Latency of the well deployments in milliseconds, instead of each one's own. */
  readonly latencyMs?: number;
  readonly nowMs?: () => number;
}

const slowMs = 2000;
/** Of the latency, where the answer streams. */
const firstByteShare = 0.25;
/** How the answers of those that do not end with words do. */
const endings: Readonly<Partial<Record<Behaviour, Ending>>> = {
  reasoning: "thinking",
  filtered: "filtered",
};
const hostname = "127.0.0.1";

export function startDemoProvider(options: DemoProviderOptions = {}): DemoProvider {
  const nowMs = options.nowMs ?? Date.now;
  let requests = 0;

  const server = Bun.serve({
    hostname,
    port: 0,
    idleTimeout: 255,
    async fetch(request) {
      requests += 1;
      const url = new URL(request.url);
      const played = playedBy(url.pathname);
      if (played === null) return Response.json({ error: "no such deployment" }, { status: 404 });
      const body = request.method === "POST" ? await json(request) : {};
      if (body === null)
        return Response.json(
          { error: { message: "invalid JSON", code: "invalid_json" } },
          { status: 400 },
        );
      const operation = operationOf(request.method, played.path, body, request.headers);
      if (operation === null) return Response.json({ error: "Not Found" }, { status: 404 });
      const { family, kind } = operation;
      const fail = (
        status: number,
        code: string,
        message: string,
        headers: Readonly<Record<string, string>> = {},
      ) => Response.json(family.error(status, code, message), { status, headers });

      if (!family.hasKey(request.headers))
        return fail(401, "invalid_api_key", "No API key provided");
      const lacking = kind === "metadata" || kind === "list" ? null : family.lacks(kind, body);
      if (lacking !== null)
        return fail(400, "invalid_request_error", `Missing required parameter: '${lacking}'`);
      const latencyMs = options.latencyMs ?? latencyOf(played.number, requests);
      const ending = endings[played.behaviour] ?? "words";
      switch (played.behaviour) {
        case "hang":
          return await never(request.signal);
        case "slow":
          await Bun.sleep(slowMs);
          break;
        case "auth":
          return fail(
            401,
            "invalid_api_key",
            `Incorrect API key provided: ${request.headers.get("authorization") ?? "****"}`,
          );
        case "limited":
          return fail(
            429,
            "rate_limit_exceeded",
            "Rate limit reached for requests. Please try again in 20s.",
            family.limits.spent,
          );
        case "error":
          return fail(500, "server_error", "The server had an error while processing your request");
        case "overloaded":
          return fail(
            503,
            "server_is_overloaded",
            "The engine is currently overloaded, please try again later",
          );
        case "missing":
          return fail(404, "model_not_found", `The model ${operation.model} does not exist`);
        case "html":
          return new Response("<!doctype html><title>Sign in</title>", {
            headers: { "content-type": "text/html" },
          });
        case "flapping":
          if (!isUp(played.number, nowMs()))
            return fail(502, "bad_gateway", "upstream connect error");
          break;
        default:
          // The first byte of a stream comes before the model has thought.
          await pause(operation.streams ? latencyMs * firstByteShare : latencyMs);
      }
      const headers = { ...family.limits.room, "x-request-id": `req-${requests}` };
      if (operation.streams) {
        const stream = family.stream(operation, ending);
        return streamed(stream, latencyMs * (1 - firstByteShare), headers);
      }
      return Response.json(family.answer(operation, ending), { headers });
    },
  });

  const raw = startRaw();
  return {
    url: `http://${hostname}:${server.port}`,
    rawUrl: `http://${hostname}:${raw.port}`,
    requests: () => requests,
    async stop() {
      raw.stop(true);
      await server.stop(true);
    },
  };
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await Bun.sleep(ms);
}

/** What comes before the first token at once, the rest after a while. */
function streamed(
  { type, before, rest }: Stream,
  thinkingMs: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const pieces = async function* () {
    yield before.join("");
    await pause(thinkingMs);
    yield rest.join("");
  };
  return new Response(pieces, {
    headers: { ...headers, "content-type": type },
  });
}

/** Speaks bytes: greets like an SSH server, or cuts its answer in the middle. */
function startRaw(): TCPSocketListener<undefined> {
  return Bun.listen<undefined>({
    hostname,
    port: 0,
    socket: {
      data(socket: Socket<undefined>, bytes: Buffer) {
        if (bytes.includes("/garbage-")) {
          socket.write("SSH-2.0-OpenSSH_9.2\r\n");
          socket.end();
          return;
        }
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":',
        );
        socket.flush();
        socket.terminate();
      },
    },
  });
}

async function json(request: Request): Promise<Record<string, unknown> | null> {
  try {
    const body: unknown = await request.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Until the client gives up. */
function never(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(new Response(null, { status: 499 })), {
      once: true,
    });
  });
}
