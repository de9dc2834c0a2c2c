// What the families share when they read an answer: parsing, picking fields out of foreign JSON, and the judgements that are
// the same everywhere. Nothing here throws, whatever an upstream sends.

import type { ProbeTarget, TokenKind } from "../registry/deployment.ts";
import type { HttpResponse } from "../transport/transport.ts";
import { classify } from "./classify.ts";
import type { Judgement, Usage } from "./outcome.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export const noUsage: Usage = { promptTokens: null, completionTokens: null };

/** The body as JSON, or undefined when it is none. */
export function parse(response: HttpResponse): Json | undefined {
  return parseText(response.body);
}

export function parseText(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The value at a path of keys and indexes, or undefined. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    if (Array.isArray(here))
      here = typeof step === "number" ? (here[step] as Json | undefined) : undefined;
    else here = Object.hasOwn(here, step) ? (here as { [key: string]: Json })[step] : undefined;
  }
  return here;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A text, list or object that is not empty. */
export function isFilled(value: Json | undefined): boolean {
  if (typeof value === "string" || isList(value)) return value.length > 0;
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** No answer to a word takes more; two of them, added, fit into the 32 bits in which counts are stored. */
const countMax = 1_000_000_000;

/** A count of tokens, or null: none, or one that cannot be true. */
export function count(value: Json | undefined): number | null {
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= countMax ? value : null;
}

/** The kinds of which there are some, as a part of the usage. */
export function tokensOf(
  counts: Readonly<Record<TokenKind, number | null>>,
): Pick<Usage, "tokensOf"> {
  const some = Object.entries(counts).filter(([, tokens]) => tokens !== null && tokens > 0);
  return some.length === 0 ? {} : { tokensOf: Object.fromEntries(some) };
}

export function passed(usage: Usage): Judgement {
  return { class: "ok", text: "", retryAfterMs: null, usage };
}

/** Alive, though the answer was cut short: by the limit, by a filter, by thinking. */
export function limited(text: string, usage: Usage): Judgement {
  return { class: "ok_limited_output", text, retryAfterMs: null, usage };
}

/** A 2xx that is not what this API answers with. */
export function unexpected(response: HttpResponse, what: string): Judgement {
  const pending = response.status === 202;
  const kind = response.body === "" ? "an empty body" : /^\s*</.test(response.body) ? "HTML" : what;
  return {
    class: pending ? "not_ready" : "protocol",
    text: pending
      ? "the request is still pending"
      : `HTTP ${response.status} with ${kind} instead of an answer`,
    retryAfterMs: null,
    usage: noUsage,
  };
}

/** Everything that is not a 2xx, and errors in the body of one. */
export function failed(provider: string, response: HttpResponse): Judgement {
  return { ...classify(provider, response), usage: noUsage };
}

export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/**
 * The answer to the free question; `idsOf` is null when it was about one model and not for the list. A list that
 * lacks the model proves nothing about it (aliases work while they are absent), so that is a remark and not
 * a failure.
 */
export function readMetadata(
  provider: string,
  response: HttpResponse,
  model: string,
  idsOf: ((body: Json) => readonly Json[] | null) | null,
): Judgement {
  if (!isSuccess(response)) {
    const judgement = failed(provider, response);
    const scope = lackedScope(response);
    if (scope !== null) {
      return {
        ...judgement,
        class: "bad_probe",
        text: `the key is real, and lacks ${scope} for the free question`,
      };
    }
    return lacksEndpoint(response, idsOf !== null)
      ? { ...judgement, class: "bad_probe", text: "this server does not answer the free question" }
      : judgement;
  }
  const body = parse(response);
  if (body === undefined) {
    return response.truncated
      ? { ...passed(noUsage), text: cutListRemark(response, model, idsOf !== null) }
      : unexpected(response, "something that is not JSON");
  }
  const ids = idsOf === null ? null : idsOf(body);
  if (ids === null || ids.some((id) => typeof id === "string" && isNamed(id, model))) {
    return passed(noUsage);
  }
  return { ...passed(noUsage), text: "the provider's list of models does not name this model" };
}

type Asked = Pick<ProbeTarget, "provider" | "model">;

/** The answer to the free question about one model. */
export function readModel({ provider, model }: Asked, response: HttpResponse): Judgement {
  return readMetadata(provider, response, model, null);
}

/** The one about a key: it tells nothing of the model, and a 404 only that there is no such question. */
export function readAccount({ provider }: Asked, response: HttpResponse): Judgement {
  return readMetadata(provider, response, "", () => null);
}

/** Lists may name publishers and tags that nobody has to write. */
function isNamed(id: string, model: string): boolean {
  return [id, id.replace(/:latest$/, "")].some((one) => one === model || one.endsWith(`/${model}`));
}

/** A list that was cut proves what it names. */
function cutListRemark(response: HttpResponse, model: string, isList: boolean): string {
  return !isList || response.body.includes(`${model}"`)
    ? ""
    : "the provider's list of models is longer than what is read of it (fleetpulse.response_bytes_max)";
}

/** What a key lacks that may use models and not look at them, as OpenAI has such keys. */
function lackedScope({ status, body }: HttpResponse): string | null {
  if (status !== 401 && status !== 403) return null;
  const said = body.slice(0, 4000);
  const name = /missing scopes?: ([\w.-]{1,64}\w)/i.exec(said)?.[1];
  if (name !== undefined) return `the scope ${name}`;
  return said.includes('"missing_scope"') ? "a scope" : null;
}

/** "No such endpoint" says nothing of the model: the list has none to miss, and a router's 404 names none. */
function lacksEndpoint(response: HttpResponse, isList: boolean): boolean {
  if (response.status === 405 || response.status === 501) return true;
  if (response.status !== 404) return false;
  const body = parse(response);
  return isList || body === undefined || at(body, "detail") === "Not Found";
}
