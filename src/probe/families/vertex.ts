// Google Vertex AI: the APIs of several publishers behind one login. (cloud.google.com/vertex-ai/docs/reference/rest)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import { chat as openaiChat } from "../openai/chat.ts";
import { ocr } from "../openai/ocr.ts";
import { openaiStream } from "../openai/stream.ts";
import type { Judgement } from "../outcome.ts";
import {
  at,
  failed,
  isList,
  isSuccess,
  noUsage,
  parse,
  passed,
  readModel,
  unexpected,
} from "../reading.ts";
import { readRealtime } from "../realtime.ts";
import { anthropicBody, readMessage } from "./anthropic.ts";
import { anthropicStream } from "./anthropic-stream.ts";
import { geminiBody, readCandidates } from "./gemini.ts";
import { openVertexLive } from "./gemini-live.ts";
import { geminiStream } from "./gemini-stream.ts";
import {
  googleHost,
  isEndpoint,
  vertexMethod,
  vertexModelOf,
  vertexPlace,
  vertexResource,
} from "./vertex-model.ts";
import { embedding, imageGeneration } from "./vertex-predict.ts";
import { speaksByChat, speech, voices } from "./vertex-speech.ts";

const anthropicVersion = "vertex-2023-10-16";

const geminiChat: Question = {
  request(target) {
    const method = target.stream ? "streamGenerateContent" : "generateContent";
    const url = vertexMethod(target, method);
    const whole = target.stream ? `${url}?alt=sse` : url;
    return ask(target, geminiStream, whole, headersOf(target), geminiBody(target));
  },
  read: readWith(readCandidates, geminiStream),
};

const anthropicChat: Question = {
  request: (target) =>
    ask(
      target,
      anthropicStream,
      vertexMethod(target, target.stream ? "streamRawPredict" : "rawPredict"),
      headersOf(target),
      { anthropic_version: anthropicVersion, ...anthropicBody(target) },
    ),
  read: readWith(readMessage, anthropicStream),
};

const rawChat: Question = {
  request: (target) =>
    ask(
      target,
      openaiStream,
      vertexMethod(target, target.stream ? "streamRawPredict" : "rawPredict"),
      headersOf(target),
      openaiChat.body({ ...target, model: vertexModelOf(target).name }),
    ),
  read: readWith(openaiChat.read, openaiStream),
};

const openapiChat: Question = {
  request: (target) =>
    ask(target, openaiStream, openapiUrl(target), headersOf(target), openaiChat.body(target)),
  read: readWith(openaiChat.read, openaiStream),
};

const chats = {
  gemini: geminiChat,
  anthropic: anthropicChat,
  raw: rawChat,
  openapi: openapiChat,
  endpoint: openapiChat,
} as const;

const rerank: Question = {
  request(target) {
    const host = googleHost(target, "discoveryengine.googleapis.com");
    const project = encodeURIComponent(target.options["project"] ?? "");
    const config = "locations/global/rankingConfigs/default_ranking_config:rank";
    return post(`${host}/v1/projects/${project}/${config}`, headersOf(target), {
      model: target.model,
      query: target.prompt,
      records: [{ id: "1", content: target.prompt }],
      topN: 1,
      ...target.extraBody,
    });
  },
  read: readWith((_target, response) => {
    if (typeof at(parse(response), "records", 0, "score") !== "number") {
      return unexpected(response, "no records");
    }
    return passed({ ...noUsage, pieces: { unit: "query", count: 1 } });
  }),
};

const batch: Question = {
  request: (target) =>
    get(`${vertexPlace(target)}/batchPredictionJobs?pageSize=1`, headersOf(target)),
  read: readWith((_target, response) => {
    const jobs = at(parse(response), "batchPredictionJobs");
    const isEmpty = parse(response) !== undefined && jobs === undefined;
    return isList(jobs) || isEmpty ? passed(noUsage) : unexpected(response, "no list of jobs");
  }),
};

/** No model is run: a film costs dollars, and an edit needs a picture. */
const description: Question = {
  request: (target) => get(vertexResource(target), headersOf(target)),
  read: readModel,
};

export const vertex: Family = {
  paid: {
    chat: {
      request: (target) => chats[vertexModelOf(target).kind].request(target),
      read: (target, response) => chats[vertexModelOf(target).kind].read(target, response),
    },
    embedding,
    image_generation: imageGeneration,
    audio_speech: speech,
    rerank,
    batch,
    ocr: {
      request: (target) =>
        post(
          vertexMethod(target, "rawPredict"),
          headersOf(target),
          ocr.body({ ...target, model: vertexModelOf(target).name }),
        ),
      read: readWith(ocr.read),
    },
    image_edit: description,
    video_generation: description,
    realtime: { request: openVertexLive, read: readRealtime },
  },
  free: {
    request: (target) => freeRequest(target),
    read: readFree,
  },
  adapt: adaptTarget,
};

/** Tokens are counted for nothing where there are words; else the model, the voices or the jobs are looked at. */
function freeRequest(target: ProbeTarget): HttpRequest {
  const { mode, prompt } = target;
  if (mode === "rerank" || mode === "batch") return batch.request(target);
  if (mode === "audio_speech" && !speaksByChat(target)) return voices(target);
  const { kind, name } = vertexModelOf(target);
  if (mode !== "chat") return description.request(target);
  if (kind === "gemini" && !isEndpoint(name)) {
    return post(vertexMethod(target, "countTokens"), headersOf(target), {
      contents: [{ role: "user", parts: [{ text: prompt }] }],
    });
  }
  if (kind === "anthropic") {
    const url = `${vertexPlace(target)}/publishers/anthropic/models/count-tokens:rawPredict`;
    return post(url, headersOf(target), {
      anthropic_version: anthropicVersion,
      model: name,
      messages: [{ role: "user", content: prompt }],
    });
  }
  return description.request(target);
}

function readFree(target: ProbeTarget, response: HttpResponse): Judgement {
  // Reading a resource is a right of its own, which nobody needs to use the model.
  const lacks = /Permission '([a-z.A-Z]+\.(?:get|list))' denied/.exec(response.body.slice(0, 4000));
  if (!isSuccess(response) && lacks !== null) {
    const text = `the free question needs the right ${lacks[1]}`;
    return { ...failed(target.provider, response), class: "bad_probe", text };
  }
  return readModel(target, response);
}

function openapiUrl(target: ProbeTarget): string {
  const { kind, name } = vertexModelOf(target);
  if (new URL(target.baseUrl).pathname !== "/") {
    return target.baseUrl.replace(/(?:\/chat\/completions)?$/, "/chat/completions");
  }
  return kind === "endpoint"
    ? `${vertexPlace(target, "v1beta1")}/endpoints/${encodeURIComponent(name)}/chat/completions`
    : `${vertexPlace(target)}/endpoints/openapi/chat/completions`;
}
