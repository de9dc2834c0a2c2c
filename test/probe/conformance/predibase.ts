// Predibase, which hosts Text Generation Inference. (docs.predibase.com)

import { answersTo, type ConformanceCase, key } from "./case.ts";

const provider = "predibase";
const env = { PREDIBASE_API_KEY: key, PREDIBASE_TENANT_ID: "acme" };
const params = { model: "predibase/llama-3-8b-instruct" };
const asks = {
  url: "https://serving.app.predibase.com/acme/deployments/v2/llms/llama-3-8b-instruct/generate",
  headers: { authorization: `Bearer ${key}` },
  body: { inputs: "ping", parameters: { details: true, max_new_tokens: 16 } },
};

const answered = answersTo({ provider, mode: "chat", params, env }, asks);

export const cases: readonly ConformanceCase[] = [
  answered(
    "a text",
    200,
    { generated_text: "pong", details: { finish_reason: "length", generated_tokens: 16 } },
    { class: "ok", usage: { promptTokens: null, completionTokens: 16 } },
  ),
  answered("a text in a list", 200, [{ generated_text: "pong" }], { class: "ok" }),
  {
    ...answered("a tenant in the entry", 200, { generated_text: "pong" }, { class: "ok" }),
    params: { ...params, tenant_id: "acme" },
    env: { PREDIBASE_API_KEY: key },
  },
  answered("nothing that is a text", 200, { ok: true }, { class: "protocol" }),
  answered("a wrong key", 401, { error: "Unauthorized" }, { class: "auth" }),
  answered(
    "too much to do",
    429,
    { error: "Model is overloaded", error_type: "overloaded" },
    { class: "overloaded" },
  ),
  answered(
    "a body that it does not take",
    422,
    { error: "Input validation error", error_type: "validation" },
    { class: "bad_probe" },
  ),
  answered(
    "a failing engine",
    424,
    { error: "Request failed during generation", error_type: "generation" },
    { class: "server_error" },
  ),
  answered(
    "an unfinished text",
    500,
    { error: "Incomplete generation", error_type: "incomplete_generation" },
    { class: "server_error" },
  ),
];
