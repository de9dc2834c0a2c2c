// Triton Inference Server: the address is the operator's and ends with the operation, /generate or /infer; an address without one
// gets the model's. What is sent has LiteLLM's shapes, which the servers behind it were made for. The free question asks whether
// the model is ready. (docs.nvidia.com/deeplearning/triton-inference-server)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, failed, isList, isSuccess, noUsage, parse, passed, unexpected } from "../reading.ts";
import { servedBy } from "../served-model.ts";
import { tritonStream } from "./triton-stream.ts";

export const triton: Family = {
  paid: {
    chat: { request: askWords, read: readWith(readWords, tritonStream) },
    embedding: {
      request: (target) =>
        post(urlOf(target, "infer"), headersOf(target), {
          inputs: [tensor("input_text", "BYTES", target.prompt)],
          ...target.extraBody,
        }),
      read: readWith(readTensors),
    },
  },
  free: {
    request: (target) =>
      get(urlOf(target, "generate").replace(/\/(?:generate|infer)$/, "/ready"), headersOf(target)),
    // Ready or not is told by the status alone.
    read(target, response) {
      if (isSuccess(response)) return passed(noUsage);
      const judgement = failed(target.provider, response);
      const isWaiting = response.status === 400 || response.status === 503;
      return isWaiting
        ? { ...judgement, class: "not_ready", text: "the server says that the model is not ready" }
        : judgement;
    },
  },
  adapt: adaptTarget,
};

function urlOf({ baseUrl, model }: ProbeTarget, operation: "generate" | "infer"): string {
  if (/\/(?:generate|infer)$/.test(baseUrl)) return baseUrl;
  const base = baseUrl.replace(/\/v2$/, "");
  return base.includes("/v2/models/")
    ? `${base}/${operation}`
    : `${base}/v2/models/${encodeURIComponent(model)}/${operation}`;
}

function askWords(target: ProbeTarget): HttpRequest {
  const url = urlOf(target, "generate");
  const tokens = target.maxTokens ?? 16;
  const body = url.endsWith("/infer")
    ? {
        inputs: [
          tensor("text_input", "BYTES", target.prompt),
          tensor("max_tokens", "INT32", tokens),
        ],
      }
    : {
        text_input: target.prompt,
        parameters: { max_tokens: tokens, bad_words: [""], stop_words: [""] },
        stream: target.stream,
      };
  const where = target.stream ? url.replace(/\/generate$/, "/generate_stream") : url;
  return ask(target, tritonStream, where, headersOf(target), withExtras({ ...body }, target));
}

function tensor(name: string, datatype: string, value: string | number): object {
  return { name, shape: [1], datatype, data: [value] };
}

function readWords(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const text = at(body, "text_output");
  return typeof text === "string" || isList(text)
    ? servedBy(at(body, "model_name"), passed(noUsage))
    : readTensors(target, response);
}

function readTensors(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const cut = response.truncated && /"outputs"\s*:\s*\[/.test(response.body);
  return cut || isList(at(body, "outputs", 0, "data"))
    ? servedBy(at(body, "model_name"), passed(noUsage))
    : unexpected(response, "no outputs");
}
