// Azure OpenAI: OpenAI's bodies at Azure's addresses, with a dated api-version or the v1 API.
// (learn.microsoft.com/azure/ai-services/openai/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import { openSocket } from "../realtime.ts";
import { ask, openaiBody, openaiHeaders, readOpenai } from "./openai.ts";
import { openaiStream } from "./openai-stream.ts";

const operations = {
  chat: "chat/completions",
  completion: "completions",
  embedding: "embeddings",
  realtime: "realtime",
} as const;
const undatedVersions = new Set(["preview", "latest", "v1"]);

export const azure: Family = {
  request(target) {
    const headers = openaiHeaders(target, authOf(target));
    const v1 = isV1(target);
    if (target.rung === "metadata") {
      const base = hostRoot(target.baseUrl);
      const url = v1 ? `${base}/openai/v1/models` : `${base}/openai/models?${versionOf(target)}`;
      return { method: "GET", url, headers, body: null };
    }
    if (target.mode === "realtime") return openSocket(realtimeUrlOf(target, v1), headers);
    return ask(target, openaiStream, urlOf(target, v1), headers, openaiBody(target, v1));
  },
  read: readOpenai,
  adapt: adaptTarget,
};

/** Entra tokens are JWTs and go as Bearer; keys have a header of their own. */
function authOf({ apiKey }: ProbeTarget): Record<string, string> {
  if (apiKey === null) return {};
  return apiKey.startsWith("eyJ") ? { authorization: `Bearer ${apiKey}` } : { "api-key": apiKey };
}

function isV1({ apiVersion, baseUrl }: ProbeTarget): boolean {
  return baseUrl.includes("/openai/v1") || (apiVersion !== null && undatedVersions.has(apiVersion));
}

function urlOf(target: ProbeTarget, v1: boolean): string {
  const { baseUrl, model } = target;
  const operation = operations[target.mode];
  if (v1) return `${hostRoot(baseUrl)}/openai/v1/${operation}`;
  if (baseUrl.includes("/openai/deployments/")) {
    const whole = baseUrl.endsWith(operation) ? baseUrl : `${baseUrl}/${operation}`;
    return `${whole}?${versionOf(target)}`;
  }
  if (/^https?:\/\/gateway\.ai\.cloudflare\.com\//i.test(baseUrl)) {
    return `${baseUrl}/${encodeURIComponent(model)}/${operation}?${versionOf(target)}`;
  }
  return `${hostRoot(baseUrl)}/openai/deployments/${encodeURIComponent(model)}/${operation}?${versionOf(target)}`;
}

/** The preview names the deployment where the v1 API names the model. */
function realtimeUrlOf(target: ProbeTarget, v1: boolean): string {
  const base = hostRoot(target.baseUrl);
  const name = new URLSearchParams({ [v1 ? "model" : "deployment"]: target.model }).toString();
  return v1
    ? `${base}/openai/v1/realtime?${name}`
    : `${base}/openai/realtime?${versionOf(target)}&${name}`;
}

/** The address without what belongs to an operation. */
function hostRoot(baseUrl: string): string {
  const index = baseUrl.indexOf("/openai/");
  const bare = index < 0 ? baseUrl : baseUrl.slice(0, index);
  return bare.replace(/\/openai$/, "");
}

function versionOf({ apiVersion }: ProbeTarget): string {
  return new URLSearchParams({ "api-version": apiVersion ?? "" }).toString();
}
