// NLP Cloud. (docs.nlpcloud.com)

import { answersTo, type ConformanceCase, key } from "./case.ts";

const provider = "nlp_cloud";
const env = { NLP_CLOUD_API_KEY: key };
const params = { model: "nlp_cloud/chatdolphin" };
const asks = {
  url: "https://api.nlpcloud.io/v1/gpu/chatdolphin/generation",
  headers: { authorization: `Token ${key}` },
  body: { text: "ping", max_length: 16 },
};

const answered = answersTo({ provider, mode: "chat", params, env }, asks);

export const cases: readonly ConformanceCase[] = [
  answered(
    "a text",
    200,
    { generated_text: "pong", nb_input_tokens: 2, nb_generated_tokens: 16 },
    { class: "ok", usage: { promptTokens: 2, completionTokens: 16 } },
  ),
  answered("nothing that is a text", 200, {}, { class: "protocol" }),
  answered("a wrong key", 401, { detail: "Invalid token" }, { class: "auth" }),
  answered("no credit", 402, { detail: "Payment required" }, { class: "billing" }),
  answered("an unknown model", 404, { detail: "not found" }, { class: "model_not_found" }),
  answered("a rate", 429, { detail: "Too many requests" }, { class: "rate_limited" }),
];
