// Snowflake Cortex: OpenAI's chat at one address, embeddings at another; nothing is free.
// (docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import { chat } from "../openai/chat.ts";
import { at, count, isFilled, parse, passed, unexpected } from "../reading.ts";

const operations = /\/cortex\/(?:inference:(?:complete|embed)|v1\/chat\/completions)$/;

const complete: Question = {
  request: (target) =>
    ask(target, "complete", { ...chat.body({ ...target, stream: false }), stream: false }),
  read: readWith(chat.read),
};

export const snowflake: Family = {
  paid: {
    chat: complete,
    embedding: {
      request: (target) =>
        ask(target, "embed", {
          model: target.model,
          text: [target.prompt],
          ...target.extraBody,
        }),
      read: readWith((_target, response) => {
        const body = parse(response);
        if (!isFilled(at(body, "data", 0, "embedding")))
          return unexpected(response, "no embedding");
        const tokens = count(at(body, "usage", "total_tokens"));
        return passed({ promptTokens: tokens, completionTokens: null });
      }),
    },
  },
  free: complete,
  adapt: adaptTarget,
};

function ask(target: ProbeTarget, operation: string, body: object): HttpRequest {
  const { baseUrl } = target;
  const isWhole = operations.test(baseUrl) && (operation === "complete" || /embed$/.test(baseUrl));
  const root = baseUrl.replace(operations, "").replace(/\/api\/v2$/, "");
  const url = isWhole ? baseUrl : `${root}/api/v2/cortex/inference:${operation}`;
  return post(url, keyHeaders(target), body);
}

/** The token says what it is, as LiteLLM reads it: `pat/` before an access token, `ver:` in one of OAuth, else a signed JWT. */
function keyHeaders(target: ProbeTarget): Record<string, string> {
  const key = target.apiKey ?? "";
  const isAccessToken = key.startsWith("pat/");
  const kind = isAccessToken
    ? "PROGRAMMATIC_ACCESS_TOKEN"
    : key.startsWith("ver:")
      ? "OAUTH"
      : "KEYPAIR_JWT";
  const apiKey = isAccessToken ? key.slice(4) : target.apiKey;
  return headersOf({ ...target, apiKey }, { "x-snowflake-authorization-token-type": kind });
}
