// POST /callbacks/litellm: what a LiteLLM proxy's generic API callback sends. The bytes go to another thread as they are, which
// unpacks and counts them; this one goes on answering.

import { Elysia } from "elysia";
import type { CallbackBody, CallbackEnd } from "../traffic/messages.ts";
import { createBodyRoom } from "./body-room.ts";
import type { ServerContext } from "./context.ts";
import { type Gate, isSame } from "./gate.ts";
import { Refusal } from "./problem.ts";
import { readBytes } from "./request-body.ts";

const path = "/callbacks/litellm";
const encodings: Readonly<Record<string, CallbackBody["encoding"]>> = {
  "": "identity",
  identity: "identity",
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};
/** What becomes of those that are not counted; an alert asks for the growth of each. */
const dropped = [400, 401, 413, 415, 500, 503] as const;
const statuses = { "too large": 413, unreadable: 400, busy: 503 } as const;

export function callbackRoutes(context: ServerContext, gate: Gate) {
  const { settings, onRequest, traffic } = context;
  traffic.expect(path, "POST", dropped);
  // As much as may wait to be counted: what is being read is on the way there.
  const room = createBodyRoom(() => settings().callbackBytesMax * 2);

  async function count(
    request: Request,
    encoding: CallbackBody["encoding"],
    bytesMax: number,
  ): Promise<CallbackEnd> {
    const held = room.hold();
    try {
      const body = await readBytes(request, bytesMax, held);
      return await onRequest.count({ ...body, encoding });
    } finally {
      held.release();
    }
  }

  async function take(request: Request, hasOwnKey: boolean): Promise<Response> {
    const { callbackKey, masterKey, callbackBytesMax } = settings();
    if (callbackKey !== null && masterKey === null && !hasOwnKey) {
      throw new Refusal(401, "this route needs the header Authorization: Bearer <callback_key>", {
        "www-authenticate": "Bearer",
      });
    }
    // Any other type a page of another site may send without being asked for leave (CORS).
    const type = request.headers.get("content-type") ?? "";
    if (!/^application\/(?:json|x-ndjson)\b/i.test(type)) {
      throw new Refusal(415, "the body needs the header Content-Type: application/json");
    }
    const given = (request.headers.get("content-encoding") ?? "").trim().toLowerCase();
    const encoding = Object.hasOwn(encodings, given) ? encodings[given] : undefined;
    if (encoding === undefined) throw new Refusal(415, "bodies are plain, gzip or deflate");
    const end = await count(request, encoding, callbackBytesMax);
    if ("refused" in end) {
      const headers = end.refused === "busy" ? { "retry-after": "1" } : {};
      throw new Refusal(statuses[end.refused], end.message, headers);
    }
    return new Response(end.text, {
      headers: { "content-type": "application/json", "cache-control": "no-cache" },
    });
  }

  return new Elysia({ name: "callbacks" }).post(
    path,
    ({ request }) => {
      const hasOwnKey = carries(request, settings().callbackKey?.reveal() ?? null);
      return gate.answer(path, request, () => take(request, hasOwnKey), hasOwnKey);
    },
    {
      parse: "none",
      detail: {
        summary: "Takes what LiteLLM's generic API callback sends",
        description:
          "Standard logging payloads: one, an array, or one a line; plain, gzip or deflate. What is wrong with an " +
          "entry is told by its index and costs no other entry. 413 beyond fleetpulse.callback_bytes_max, also " +
          "when unpacked, or with more than 10,000 entries; 503 when too many bodies are read or wait.",
        tags: ["traffic"],
        requestBody: {
          required: true,
          content: { "application/json": { schema: {} } },
        },
      },
    },
  );
}

function carries(request: Request, key: string | null): boolean {
  if (key === null) return false;
  const given = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return given !== undefined && isSame(given.trim(), key);
}
