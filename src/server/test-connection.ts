// POST /health/test_connection: asks a deployment that is not saved, once, as the proxy's route of that name does.

import { Elysia, t } from "elysia";
import type { Value } from "../config/config.ts";
import type { ServerContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import { Refusal } from "./problem.ts";
import { createBodyReader } from "./request-body.ts";

const values = t.Record(t.String(), t.Unsafe<Value>(t.Unknown()));

const connection = t.Object(
  {
    mode: t.Optional(
      t.String({ description: "What it serves, such as chat; model_info.mode otherwise." }),
    ),
    litellm_params: values,
    model_info: t.Optional(values),
  },
  { additionalProperties: false },
);

export function testConnectionRoutes(context: ServerContext, gate: Gate) {
  const body = createBodyReader(connection);
  const { onRequest } = context;

  async function test(request: Request, beforeWaiting: () => void): Promise<Response> {
    const given = await body.read(request);
    if (given === null) throw new Refusal(400, "the body needs litellm_params");
    beforeWaiting();
    const ended = await onRequest.test(given);
    switch (ended.kind) {
      case "ended":
        return Response.json(ended.answer, { headers: { "cache-control": "no-store" } });
      case "wrong":
        throw new Refusal(400, ended.text);
      case "busy":
        throw new Refusal(429, "other connections are being tested; try again in 1 s", {
          "retry-after": "1",
        });
      case "stopping":
        throw new Refusal(503, "the service is stopping and probes no more");
      case "lost":
        throw new Refusal(503, "no prober thread answered; try again");
      default:
        return ended satisfies never;
    }
  }

  return new Elysia({ name: "test-connection" }).post(
    "/health/test_connection",
    ({ request, server }) =>
      gate.answer("/health/test_connection", request, () =>
        // The probe ends at its own deadline; the server's for idle connections may come before.
        test(request, () => server?.timeout(request, 0)),
      ),
    {
      parse: "none",
      detail: {
        summary: "Asks a deployment that is not saved, once",
        description:
          'Answers 200 with status "success" or "error" and what the probe found, with the milliseconds of each phase. A text with os.environ/ is ' +
          "refused; litellm_credential_name names a credential of the running configuration, which is sent to no other " +
          "address than its own or its provider's. A key of the environment is used only at its provider's own address.",
        tags: ["health"],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { ...connection } as object } },
        },
      },
    },
  );
}
