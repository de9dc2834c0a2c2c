// Replicate: a prediction is made, and waited for ten seconds. Its address has three shapes: a model by its name, a deployment, a
// version by its hash. One that has not ended by then is queued or cold, which is alive but slow; it is not asked for again, and
// Replicate is told to cancel what takes longer than anybody would wait. (replicate.com/docs/reference/http)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement, Usage } from "../outcome.ts";
import {
  at,
  count,
  failed,
  type Json,
  noUsage,
  parse,
  passed,
  readModel,
  unexpected,
} from "../reading.ts";
import { servedBy } from "../served-model.ts";
import { root } from "../url.ts";

const picture = "A plain white square";
const patience = { prefer: "wait=10", "cancel-after": "30s" };

const free: Question = {
  request: (target) => get(`${baseOf(target)}${freePath(target)}`, headersOf(target)),
  read: readModel,
};

export const replicate: Family = {
  paid: {
    chat: {
      request: (target) =>
        predict(target, {
          prompt: target.prompt,
          ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
        }),
      read: readWith(readPrediction),
    },
    image_generation: {
      request: (target) => predict(target, { prompt: picture }),
      read: readWith((target, response) => {
        const judgement = readPrediction(target, response);
        const usage = { ...noUsage, pieces: { unit: "image", count: 1 } } as const;
        return judgement.class === "ok" ? { ...judgement, usage } : judgement;
      }),
    },
    // A film takes minutes and costs dollars, and what other models are sent differs from one to the next.
    video_generation: free,
    image_edit: free,
    embedding: free,
    rerank: free,
    audio_transcription: free,
    audio_speech: free,
  },
  free,
  adapt: adaptTarget,
};

interface Named {
  /** Below the base: who makes predictions. */
  readonly path: string;
  /** The hash of the version, where that is asked. */
  readonly version: string | null;
}

function named({ model }: ProbeTarget): Named {
  const [name = "", hash] = model.split(":");
  if (hash !== undefined) return { path: `/models/${name}`, version: hash };
  if (!name.includes("/")) return { path: "", version: name };
  return { path: name.startsWith("deployments/") ? `/${name}` : `/models/${name}`, version: null };
}

function freePath(target: ProbeTarget): string {
  const { path, version } = named(target);
  if (path === "") return "/account";
  return version === null ? path : `${path}/versions/${version}`;
}

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, ["/predictions"]);
}

function predict(target: ProbeTarget, input: Readonly<Record<string, unknown>>): HttpRequest {
  const { path, version } = named(target);
  const where = version === null ? `${path}/predictions` : "/predictions";
  return post(`${baseOf(target)}${where}`, headersOf(target, patience), {
    ...(version === null ? {} : { version }),
    input: { ...input, ...target.extraBody },
  });
}

function readPrediction(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const status = at(body, "status");
  const model = at(body, "model");
  if (status === "succeeded") return servedBy(model, passed(usageOf(body)));
  if (status === "starting" || status === "processing") {
    const text =
      status === "starting"
        ? "the prediction has not begun within 10 s: queued, or the model is cold"
        : "the prediction has not ended within 10 s";
    return servedBy(model, { class: "not_ready", text, retryAfterMs: null, usage: noUsage });
  }
  if (status === "failed" || status === "canceled" || status === "aborted") {
    const reason = at(body, "error");
    const error = typeof reason === "string" ? reason : "";
    const whole = { status: 500, headers: {}, body: JSON.stringify({ error }), truncated: false };
    const words = error === "" ? "" : `: ${error.replace(/\s+/g, " ").slice(0, 160)}`;
    return { ...failed(target.provider, whole), text: `the prediction ${status}${words}` };
  }
  return unexpected(response, "no prediction");
}

/** Models of words are paid by the token, others by the second. */
function usageOf(body: Json | undefined): Usage {
  const metrics = at(body, "metrics");
  const usage = {
    promptTokens: count(at(metrics, "input_token_count")),
    completionTokens: count(at(metrics, "output_token_count")),
  };
  const seconds = at(metrics, "predict_time");
  return usage.promptTokens === null &&
    usage.completionTokens === null &&
    typeof seconds === "number"
    ? { ...usage, pieces: { unit: "second", count: seconds } }
    : usage;
}
