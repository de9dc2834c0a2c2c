// Azure OpenAI: OpenAI's bodies at Azure's addresses, with a dated api-version or the v1 API.
// (learn.microsoft.com/azure/ai-services/openai/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { familyModes } from "../../registry/family-modes.ts";
import { get } from "../asking.ts";
import { openaiFamily, openaiHeaders } from "../openai/family.ts";
import { readAccount } from "../reading.ts";
import { isTranscription } from "../realtime.ts";

const undatedVersions = new Set(["preview", "latest", "v1"]);
/** Dated, these are asked of the resource: the deployment is not in their address, and if any then in the body. */
const ofResource = ["/responses", "/batches"];

export const azure = openaiFamily({
  modes: familyModes.azure,
  url: urlOf,
  realtimeUrl: realtimeUrlOf,
  headers: headersOf,
  // A dated version names the deployment in the address, and takes no model.
  body(target, { model, ...body }) {
    return isV1(target) || target.mode === "responses" ? { model, ...body } : body;
  },
  free: {
    request(target) {
      const base = hostRoot(target.baseUrl);
      const url = isV1(target)
        ? `${base}/openai/v1/models`
        : `${base}/openai/models?${versionOf(target)}`;
      return get(url, headersOf(target));
    },
    // The list is of base models, so a deployment is never in it.
    read: readAccount,
  },
});

/** Entra tokens are JWTs and go as Bearer; keys have a header of their own. */
function headersOf(target: ProbeTarget): Record<string, string> {
  const { apiKey } = target;
  const auth: Record<string, string> =
    apiKey === null
      ? {}
      : apiKey.startsWith("eyJ")
        ? { authorization: `Bearer ${apiKey}` }
        : { "api-key": apiKey };
  return { ...openaiHeaders({ ...target, apiKey: null, headers: {} }), ...auth, ...target.headers };
}

function isV1({ apiVersion, baseUrl }: ProbeTarget): boolean {
  return baseUrl.includes("/openai/v1") || (apiVersion !== null && undatedVersions.has(apiVersion));
}

function urlOf(target: ProbeTarget, path: string): string {
  const { baseUrl, model } = target;
  const operation = path.slice(1);
  if (isV1(target)) return `${hostRoot(baseUrl)}/openai/v1/${operation}`;
  const [place = "", query] = path.split("?");
  const asked = query === undefined ? versionOf(target) : `${versionOf(target)}&${query}`;
  if (ofResource.includes(place)) return `${hostRoot(baseUrl)}/openai${place}?${asked}`;
  if (baseUrl.includes("/openai/deployments/")) {
    const whole = baseUrl.endsWith(operation)
      ? baseUrl
      : `${withoutOperation(baseUrl)}/${operation}`;
    return `${whole}?${asked}`;
  }
  if (/^https?:\/\/gateway\.ai\.cloudflare\.com\//i.test(baseUrl)) {
    return `${baseUrl}/${encodeURIComponent(model)}/${operation}?${asked}`;
  }
  return `${hostRoot(baseUrl)}/openai/deployments/${encodeURIComponent(model)}/${operation}?${asked}`;
}

/** The deployment's address without the operation of another mode. */
function withoutOperation(baseUrl: string): string {
  return /^.*\/openai\/deployments\/[^/]+/.exec(baseUrl)?.[0] ?? baseUrl;
}

/** The preview names the deployment where the v1 API names the model. */
function realtimeUrlOf(target: ProbeTarget): string {
  const v1 = isV1(target);
  const base = hostRoot(target.baseUrl);
  const name = new URLSearchParams(
    isTranscription(target)
      ? { intent: "transcription" }
      : { [v1 ? "model" : "deployment"]: target.model },
  ).toString();
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
