// Vendors whose work costs cents, or is made in several steps (a file is uploaded, the result is asked for until it is there):
// pictures, films, long transcripts. Nothing is made for a probe; what stands behind the key is asked for, in every mode. That
// proves the key, and where the answer tells the account's credit, that there is some. Data and no code for each vendor.

import type { Mode, ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { get } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, isList, isSuccess, type Json, parse, readAccount, readMetadata } from "../reading.ts";

interface AccountRow {
  /** Below the provider's address. */
  readonly path: string | ((model: string) => string);
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the credit stands in the answer. */
  readonly credit?: readonly string[];
  /** Where the answer lists models, and what their names are called; a list without ours is as if it were not found. */
  readonly models?: readonly [list: string, name: string];
}

const rows: Readonly<Record<string, AccountRow>> = {
  assemblyai: { path: "/transcript?limit=1" },
  soniox: { path: "/v1/models", models: ["models", "id"] },
  stability: { path: "/v1/user/balance", credit: ["credits"] },
  black_forest_labs: { path: "/v1/credits", credit: ["credits"] },
  fal_ai: {
    path: (model) => `/v1/models/pricing?${new URLSearchParams({ endpoint_id: falId(model) })}`,
    models: ["prices", "endpoint_id"],
  },
  runwayml: {
    path: "/organization",
    headers: { "x-runway-version": "2024-11-06" },
    credit: ["creditBalance"],
  },
  recraft: { path: "/v1/users/me", credit: ["credits"] },
  topaz: { path: "/account/v1/credits/balance", credit: ["available_credits"] },
};

const question: Question = {
  request(target) {
    const { path, headers } = rowOf(target);
    const asked = typeof path === "string" ? path : path(target.model);
    const own = baseOf(target);
    const base = asked.startsWith("/v1/") ? own.replace(/\/v[12](?:beta)?$/, "") : own;
    return get(`${base}${asked}`, headersOf(target, headers));
  },
  read(target, response) {
    const { credit, models } = rowOf(target);
    const model = target.provider === "fal_ai" ? falId(target.model) : target.model;
    const judgement =
      models === undefined
        ? readAccount(target, response)
        : readMetadata(target.provider, response, model, (body) => namesOf(body, models));
    return credit === undefined ? judgement : withCredit(response, credit, judgement);
  },
};

const served: readonly Mode[] = [
  "image_generation",
  "image_edit",
  "video_generation",
  "audio_speech",
  "audio_transcription",
];

export const account: Family = {
  paid: Object.fromEntries(served.map((mode) => [mode, question])),
  free: question,
  adapt: () => null,
};

function rowOf({ provider }: ProbeTarget): AccountRow {
  return rows[provider] ?? { path: "" };
}

/** Models of fal.ai run elsewhere than they are told of. */
function baseOf({ provider, baseUrl }: ProbeTarget): string {
  const runs = provider === "fal_ai" && /^https:\/\/(?:queue\.)?fal\.run(?:\/|$)/i.test(baseUrl);
  return runs ? "https://api.fal.ai" : baseUrl;
}

/** LiteLLM's names may leave the publisher out. */
function falId(model: string): string {
  return model.includes("/") ? model : `fal-ai/${model}`;
}

function namesOf(body: Json, [list, name]: readonly [string, string]): readonly Json[] | null {
  const found = at(body, list);
  return isList(found) ? found.map((item) => at(item, name) ?? null) : null;
}

function withCredit(
  response: HttpResponse,
  path: readonly string[],
  judgement: Judgement,
): Judgement {
  const credit = at(parse(response), ...path);
  if (!isSuccess(response) || typeof credit !== "number" || credit > 0) return judgement;
  return { ...judgement, class: "billing", text: `the account has ${credit} credits left` };
}
