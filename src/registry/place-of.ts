// Where the addresses of one provider differ by model or by host, and what a pasted address tells: rules that rows cannot say.

import type { AuthScheme, FamilyName, Mode } from "./deployment.ts";
import type { ProviderRow } from "./providers/row.ts";

export interface Place {
  readonly family: FamilyName;
  /** Where it is not the one of the provider's row. */
  readonly auth?: AuthScheme;
  readonly baseUrl: string;
  /** What the address itself says. */
  readonly apiVersion: string | null;
  /** Where the address holds a part of the model's name. */
  readonly model?: string;
}

interface Placed {
  readonly row: ProviderRow;
  readonly provider: string;
  readonly mode: Mode;
  readonly model: string;
  readonly baseUrl: string;
}

/** `apiVersion` is what is said besides the address: `api_version` or its variable. */
export function placeOf(placed: Placed, apiVersion: string | null): Place {
  const { row, provider, model, baseUrl } = placed;
  const place = { family: row.family, baseUrl, apiVersion: null };
  if (row.family === "azure") return withoutQuery(baseUrl);
  if (row.family === "azure_ai") return foundryPlace(placed, apiVersion);
  if (provider === "baseten" && baseUrl === row.base && /^[a-z0-9]{8}$/.test(model)) {
    const own = `https://model-${model}.api.baseten.co/environments/production/sync/v1`;
    return { ...place, baseUrl: own };
  }
  // MiniMax speaks Anthropic's API besides, and wants the key as Bearer there too.
  const claude = provider === "minimax" ? /^(.*\/anthropic)(?:\/.*)?$/.exec(baseUrl) : null;
  if (claude !== null) {
    return { ...place, family: "anthropic", auth: "bearer", baseUrl: claude[1] ?? baseUrl };
  }
  // `ragflow/chat/ID/model`: a chat with documents is an address.
  const chat = provider === "ragflow" ? /^chat\/([^/]+)(?:\/(.+))?$/.exec(model) : null;
  if (chat !== null) {
    const [, id = "", name = "model"] = chat;
    const own = `${baseUrl}/api/v1/chats_openai/${encodeURIComponent(id)}`;
    return { ...place, baseUrl: own, model: name };
  }
  return place;
}

/** People paste the whole address with its version from Azure's portal. */
function withoutQuery(baseUrl: string): Place {
  const [address = "", query = ""] = baseUrl.split("?");
  const apiVersion = new URLSearchParams(query).get("api-version");
  return { family: "azure", baseUrl: address.replace(/\/+$/, ""), apiVersion };
}

/** What OpenAI has named, but for the models that it gave away. */
const openaiName = /^(?:gpt-(?!oss)|chatgpt-|o\d|text-embedding-|codex|whisper|tts-|dall-e|sora)/i;
const azureHost = /\.(?:services\.ai|openai)\.azure\.(?:com|us|cn)$/i;

/** Whether a resource answers there, and not a serverless deployment. */
export function isAzureResource(hostname: string): boolean {
  return azureHost.test(hostname);
}

/**
 * Azure AI Foundry. Models with OpenAI's names are asked as Azure OpenAI is, Claude as Anthropic is; all else at the address that
 * speaks for every model of a resource, or at a serverless deployment's own, which wants the key as a Bearer token.
 * (learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/endpoints)
 */
function foundryPlace({ model, mode, baseUrl }: Placed, apiVersion: string | null): Place {
  const { apiVersion: pasted, baseUrl: bare } = withoutQuery(baseUrl);
  const { hostname, origin } = new URL(bare);
  const isResource = isAzureResource(hostname);
  const version = pasted ?? apiVersion;
  if (/claude/i.test(model)) {
    const resource = isResource ? origin : bare.replace(/\/anthropic(?:\/.*)?$/, "");
    return {
      family: "anthropic",
      auth: "header:x-api-key",
      baseUrl: `${resource}/anthropic`,
      apiVersion: null,
    };
  }
  // Images of others too are made, and edited, at OpenAI's address.
  const isOpenai = openaiName.test(model) && mode !== "rerank" && mode !== "ocr";
  if (isOpenai || mode === "image_generation" || mode === "image_edit") {
    return {
      family: "azure",
      baseUrl: bare.replace(/\/models(?:\/.*)?$/, ""),
      apiVersion: version,
    };
  }
  return {
    family: "azure_ai",
    auth: isResource ? "header:api-key" : "bearer",
    baseUrl: bare,
    apiVersion: version,
  };
}
