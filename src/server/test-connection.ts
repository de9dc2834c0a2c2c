// POST /health/test_connection: asks a deployment that is not saved, once, as the proxy's route of that name does. The
// answer is made of an allow-list of fields, like every entry.

import { Elysia, type Static, t } from "elysia";
import type { Value } from "../config/config.ts";
import { readTrial } from "../config/trial.ts";
import { ConfigError } from "../errors.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Deployment } from "../registry/deployment.ts";
import { apiBaseOf } from "../registry/endpoint.ts";
import { resolveTrial } from "../registry/trial.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
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

type Connection = Static<typeof connection>;

export function testConnectionRoutes(context: ServerContext, gate: Gate) {
  const body = createBodyReader(connection);
  const { onRequest } = context;

  async function test(
    request: Request,
    beforeWaiting: (timeoutMs: number) => void,
  ): Promise<Response> {
    const given = await body.read(request);
    if (given === null) throw new Refusal(400, "the body needs litellm_params");
    const deployment = resolve(given, onRequest.config());
    const { target, deadlines, problem, skipped } = deployment;
    if (target === null) return answer(deployment, null, problem ?? skipped);
    beforeWaiting(deadlines.totalMs);
    const ended = await onRequest.tests.run({ target, deadlines });
    switch (ended.kind) {
      case "ended":
        return answer(deployment, ended.outcome, null);
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
        test(request, (timeoutMs) => server?.timeout(request, Math.ceil(timeoutMs / 1000) + 10)),
      ),
    {
      parse: "none",
      detail: {
        summary: "Asks a deployment that is not saved, once",
        description:
          'Answers 200 with status "success" or "error" and what the probe found. A text with os.environ/ is ' +
          "refused; litellm_credential_name names a credential of the running configuration. A key of the " +
          "environment is used only at its provider's own address.",
        tags: ["health"],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { ...connection } as object } },
        },
      },
    },
  );
}

/** The deployment that it would be; what is wrong with the body is 400. */
function resolve(
  { mode, litellm_params, model_info = {} }: Connection,
  config: ReturnType<ServerContext["onRequest"]["config"]>,
): Deployment {
  const info = mode === undefined ? model_info : { ...model_info, mode };
  try {
    const entry = readTrial({ litellm_params, model_info: info }, config);
    const ownAddress = apiBaseOf(litellm_params) !== null;
    return resolveTrial(entry, config.settings, config.environment, ownAddress);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const texts = error.problems.map(({ key, message, mend }) => {
      const field = key.replace(/^body\./, "");
      return `${field === "" ? "" : `${field}: `}${message}. ${mend}`;
    });
    throw new Refusal(400, texts.join("; "));
  }
}

/** Without an outcome it was not asked, and `reason` says why. */
function answer(deployment: Deployment, outcome: Outcome | null, reason: string | null): Response {
  const { model, provider, mode, apiBase } = deployment;
  const row = outcome === null ? null : outcomeClasses[outcome.class];
  const passed = row?.effect === "passed";
  const said = outcome?.text ?? reason ?? "";
  const error = said === "" && !passed ? (row?.sentence ?? "it cannot be probed") : said;
  const result = {
    model,
    provider,
    mode,
    api_base: apiBase,
    latency_ms: outcome?.phases.totalMs ?? null,
    http_status: outcome === null || outcome.httpStatus === 0 ? null : outcome.httpStatus,
    error: error === "" ? null : error,
    error_type: passed ? null : (outcome?.class ?? "config"),
    phases_ms: {
      dns: outcome?.phases.dnsMs ?? null,
      connect: outcome?.phases.connectMs ?? null,
      tls: outcome?.phases.tlsMs ?? null,
      first_byte: outcome?.phases.firstByteMs ?? null,
      total: outcome?.phases.totalMs ?? null,
    },
    usage: {
      prompt_tokens: outcome?.usage.promptTokens ?? null,
      completion_tokens: outcome?.usage.completionTokens ?? null,
    },
  };
  return Response.json(
    { status: passed ? "success" : "error", result },
    { headers: { "cache-control": "no-store" } },
  );
}
