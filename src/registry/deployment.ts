// One callable model at one provider, as the rest of the service sees it: what to show, whom to ask,
// how often, within which bounds. Plain data, because a copy of it travels to the prober threads.
// It carries credentials (`target.apiKey`, headers, the proxy's): it is never logged and never rendered as a whole.

import type { Login } from "./login/login.ts";
import type { Route } from "./route.ts";

export type { ProxyRoute, Route } from "./route.ts";

export const modes = [
  "chat",
  "completion",
  "responses",
  "embedding",
  "image_generation",
  "image_edit",
  "audio_transcription",
  "audio_speech",
  "rerank",
  "moderation",
  "batch",
  "ocr",
  "video_generation",
  "realtime",
] as const;

/** What kind of request the deployment serves. */
export type Mode = (typeof modes)[number];

/** Providers that speak one protocol; each has one file under `src/probe/families/`. */
export type FamilyName =
  | "openai"
  | "azure"
  | "azure_ai"
  | "azure_services"
  | "anthropic"
  | "bytez"
  | "gemini"
  | "cohere"
  | "ollama"
  | "replicate"
  | "tgi"
  | "triton"
  | "cloudflare"
  | "nlp_cloud"
  | "elevenlabs"
  | "deepgram"
  | "account"
  | "bedrock"
  | "sagemaker"
  | "polly"
  | "vertex"
  | "watsonx"
  | "databricks"
  | "snowflake";

/** Which question a probe asks: `completion` proves that the model answers, `metadata` is the free rung. */
export type Rung = "completion" | "metadata";

/**
 * How a key is sent: as `Authorization: Bearer`, with another scheme (`scheme:Token`), without any (`raw`), or in a header of its
 * own (`header:x-api-key`).
 */
export type AuthScheme = "bearer" | "raw" | `header:${string}` | `scheme:${string}`;

/** All that a family needs to build a request. URLs without a trailing slash. */
export interface ProbeTarget {
  readonly family: FamilyName;
  readonly provider: string;
  readonly mode: Mode;
  readonly rung: Rung;
  /** The model's id on the wire (the prefix of the provider removed). */
  readonly model: string;
  /** The model that stands behind an alias or an Azure deployment name, when the operator says so. */
  readonly baseModel: string | null;
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly auth: AuthScheme;
  readonly apiVersion: string | null;
  readonly organization: string | null;
  /** What else the provider has to be told (a region, a project, a voice), by the names of its row. */
  readonly options: Readonly<Record<string, string>>;
  /** Where a token or keys to sign with come from; null where `apiKey` is all. */
  readonly login: Login | null;
  /** `extra_headers` and `headers`, lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Merged last into a JSON body (`health_check_params`). */
  readonly extraBody: Readonly<Record<string, unknown>>;
  /** Fields of the body that were refused, and are left out. */
  readonly omitted?: readonly string[];
  /** Output tokens the probe may cost; null sends no limit. */
  readonly maxTokens: number | null;
  /** The field that carries the limit where a provider has two names for it. */
  readonly tokenField: "max_tokens" | "max_completion_tokens";
  readonly reasoningEffort: string | null;
  /** Asks for a stream, measures its first token and leaves it there. */
  readonly stream: boolean;
  readonly prompt: string;
  readonly route: Route;
}

/** Deadlines of one probe, each counted from the probe's start. */
export interface Deadlines {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** The bounds that a deployment's probes share with others. Names only; limits are settings. */
export interface Lanes {
  readonly provider: string;
  /** Host and port. */
  readonly host: string;
  /** A fingerprint of the credential, never the credential. */
  readonly key: string;
}

/** What models are paid for besides tokens. */
export type PieceUnit = "image" | "second" | "character" | "page" | "query";

/** Tokens that may have a price of their own: thoughts, and sound that is heard or spoken. */
export type TokenKind = "reasoning" | "audioIn" | "audioOut";

/** USD per token; null where unknown (not zero: an explicit 0 means free). */
export interface Price {
  readonly inputUsdPerToken: number | null;
  readonly outputUsdPerToken: number | null;
  /** USD per token of kinds that do not cost what the others do. */
  readonly usdPerTokenOf?: Readonly<Partial<Record<TokenKind, number>>>;
  /** USD per piece, for units whose price is known. */
  readonly usdPerPiece?: Readonly<Partial<Record<PieceUnit, number>>>;
  /** Where the price comes from. */
  readonly source: "config" | "library" | "unknown";
}

/** Which question a deployment is asked when, and what its probes may cost (see probe-plan.ts). */
export interface ProbePlan {
  /** `auto`: the free question at each interval, and the paid one every `paidIntervalMs` (null: only when there is a doubt). */
  readonly rung: Rung | "auto";
  /** The free question may be asked where the paid one may not be. */
  readonly hasFree: boolean;
  readonly paidIntervalMs: number | null;
  /** Of a day (UTC); null without a bound. */
  readonly tokensPerDay: number | null;
  readonly usdPerDay: number | null;
}

export interface Deployment {
  /** Stable across reloads and key rotations: the configured id, else model group, model and host; and an ordinal. */
  readonly key: string;
  /** `model_info.id`, or the id that a LiteLLM proxy derives; several deployments can share one. */
  readonly modelId: string;
  /** The public name, the model group. */
  readonly modelName: string;
  /** `litellm_params.model` as configured. */
  readonly model: string;
  readonly provider: string;
  readonly mode: Mode;
  /** Safe to show: no user info, no query. Null when there is none. */
  readonly apiBase: string | null;
  /** Null when the deployment cannot be probed; `problem` says why. */
  readonly target: ProbeTarget | null;
  /** Why it cannot be probed (shown as its error; the deployment counts as unhealthy). */
  readonly problem: string | null;
  /** Why it is not probed on purpose (disabled, filtered): unknown, until somebody asks for a probe where it has a target. */
  readonly skipped: string | null;
  /** Milliseconds between probes while all is well; 0 means on request only. */
  readonly intervalMs: number;
  readonly deadlines: Deadlines;
  readonly lanes: Lanes;
  readonly price: Price;
  readonly plan: ProbePlan;
}

/** True for what is probed by itself, and not only on request. */
export function isPlanned({ target, intervalMs }: Deployment): boolean {
  return target !== null && intervalMs > 0;
}
