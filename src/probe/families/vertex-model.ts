// Whose model it is on Vertex AI, and where: publishers have APIs of their own there.
// (cloud.google.com/vertex-ai/generative-ai/docs/partner-models/use-partner-models)

import type { ProbeTarget } from "../../registry/deployment.ts";

export type VertexKind =
  /** Google's own models and tuned endpoints: Gemini's API. */
  | "gemini"
  | "anthropic"
  /** Mistral and AI21: OpenAI's chat through `rawPredict`. */
  | "raw"
  /** Models as a service: OpenAI's chat, the publisher in the model's name. */
  | "openapi"
  /** An endpoint of one's own that speaks OpenAI's chat. */
  | "endpoint";

export interface VertexModel {
  readonly kind: VertexKind;
  readonly publisher: string;
  /** Without publisher. */
  readonly name: string;
}

export function vertexModelOf({ model }: ProbeTarget): VertexModel {
  const slash = model.indexOf("/");
  const prefix = slash < 0 ? "" : model.slice(0, slash);
  const name = slash < 0 ? model : model.slice(slash + 1);
  if (/claude/i.test(model)) return { kind: "anthropic", publisher: "anthropic", name };
  if (/^(?:mistral|codestral|mixtral|ministral)/i.test(name)) {
    return { kind: "raw", publisher: "mistralai", name };
  }
  if (/^(?:jamba|ai21)/i.test(name)) return { kind: "raw", publisher: "ai21", name };
  if (prefix === "openai" && !name.startsWith("gpt-oss")) {
    return { kind: "endpoint", publisher: "", name };
  }
  // `gemini/…` and `google/…` only say whose it is.
  if (prefix === "" || prefix === "gemini" || prefix === "google") {
    return { kind: "gemini", publisher: "google", name };
  }
  return { kind: "openapi", publisher: prefix, name };
}

/** The address of a project's resources; AI21 and endpoints of one's own are served by the beta only. */
export function vertexPlace(target: ProbeTarget, version = versionOf(target)): string {
  return `${target.baseUrl}/${version}/${vertexPath(target)}`;
}

/** The name of a project's place. */
export function vertexPath({ options }: ProbeTarget): string {
  const { project = "", location = "" } = options;
  return `projects/${encodeURIComponent(project)}/locations/${location}`;
}

/** A method of a model, or of a tuned endpoint. An address with a path is complete up to the method, as LiteLLM has it. */
export function vertexMethod(target: ProbeTarget, method: string): string {
  if (isWhole(target)) return `${target.baseUrl}:${method}`;
  const { publisher, name } = vertexModelOf(target);
  const version = publisher === "ai21" ? "v1beta1" : versionOf(target);
  const place = vertexPlace(target, version);
  return isEndpoint(name)
    ? `${place}/endpoints/${name}:${method}`
    : `${place}/publishers/${publisher}/models/${segment(name)}:${method}`;
}

/** What the publisher says of its model. */
export function vertexResource(target: ProbeTarget): string {
  const { kind, publisher, name } = vertexModelOf(target);
  if (kind === "endpoint" || isEndpoint(name)) return `${vertexPlace(target)}/endpoints/${name}`;
  return `${target.baseUrl}/v1/publishers/${publisher}/models/${segment(name)}`;
}

/** Another API of Google's, which a server of the operator's own answers for as well. */
export function googleHost({ baseUrl }: ProbeTarget, host: string): string {
  return /^https:\/\/[^/]*aiplatform[^/]*\.googleapis\.com$/.test(baseUrl)
    ? `https://${host}`
    : baseUrl;
}

export function isEndpoint(name: string): boolean {
  return /^\d+$/.test(name);
}

function isWhole({ baseUrl }: ProbeTarget): boolean {
  return new URL(baseUrl).pathname !== "/";
}

function versionOf({ provider }: ProbeTarget): string {
  return provider === "vertex_ai_beta" ? "v1beta1" : "v1";
}

/** Versions stand behind an `@`, which is allowed in a path. */
function segment(name: string): string {
  return encodeURIComponent(name).replaceAll("%40", "@");
}
