// What is known of a provider, as data: where it is, which variables hold its address and key, how it is spoken to, and what it
// answers for nothing.

import type { Value } from "../../config/config.ts";
import type { OutcomeClass } from "../../table/outcome-class.ts";
import type { AuthScheme, FamilyName, Mode } from "../deployment.ts";
import type { LoginKind } from "../login/login.ts";

/**
 * What the free question of a provider proves. `model`: that the key is good and the model is there. `list`: the same, where the
 * list names the model. `unproven`: a list of which nobody documents that it wants a key, which is found out by asking it once with
 * a wrong one (see key-test.ts). `key`: that the key is good. `public`: everybody is answered, so it proves that somebody is there.
 * `none`: there is nothing worth asking.
 */
export type FreeRung = "model" | "list" | "unproven" | "key" | "public" | "none";

/**
 * Where something is asked: `/x` is below the base, `^/x` below the base without its own path (without `/v1`, as a rule), and an
 * address of its own is whole. `{model}` is the model, part by part.
 */
export type Place = string;

export interface FreeQuestion {
  readonly at: Place;
  /** A list of models; what is known of one model; any JSON; any success. */
  readonly reads: "list" | "model" | "json" | "success";
  readonly conditions?: readonly Condition[];
}

/** What an answer to the free question has to say for all to be well; a field that is absent or null says nothing. */
export interface Condition {
  /** Names with dots between them. */
  readonly field: string;
  readonly is: "positive" | string | boolean;
  readonly otherwise: OutcomeClass;
  readonly text: string;
}

/**
 * What a provider has to be told besides address, key and model (a region, a project, a voice): names in litellm_params, then in
 * model_info, then of variables; the first that is set counts.
 */
export interface OptionRow {
  readonly params?: readonly string[];
  readonly info?: readonly string[];
  readonly env?: readonly string[];
  /** Read from the address where nobody says it: the first group that matches. */
  readonly inBase?: RegExp;
  /** It is the region that a profile of AWS's files names, where nobody says it. */
  readonly inProfile?: true;
  readonly fallback?: string;
  /** It becomes part of a host's name: letters, digits and hyphens. */
  readonly label?: true;
  /** A probe without it makes no sense. */
  readonly required?: true;
}

export interface ProviderRow {
  readonly family: FamilyName;
  /** Null where the address is the operator's own. `{name}` is filled in from the options. */
  readonly base: string | null;
  readonly baseEnv: readonly string[];
  /** Parameters that hold the address too, after api_base. */
  readonly baseParams?: readonly string[];
  readonly keyEnv: readonly string[];
  /** A probe without a key makes no sense. */
  readonly needsKey: boolean;
  readonly free: FreeRung;
  /**
   * Between two paid questions where the free one is asked in between, if that is longer than usual; null: none is asked by itself
   * while the free one is well, because it would load a model into memory.
   */
  readonly paidIntervalMs?: number | null;
  /** The name of the output limit: OpenAI's new one by the model's name, or one for all. */
  readonly tokenField: "by_model" | "max_tokens" | "max_completion_tokens";
  /** Appended to an address of the operator's own that does not hold it. */
  readonly basePath?: string;
  /** Addresses that hold this are whole without `basePath`. */
  readonly basePathUnless?: string;
  /** Where the free question is asked and how it is read, where that is not `/models` (or `/models/{model}`) below the base. */
  readonly freeAt?: FreeQuestion;
  /** The same at another host than the one of `base`; the list of models when left out. */
  readonly freeElsewhere?: FreeQuestion;
  /** Where a mode is asked, where that is not OpenAI's path; `own` is at the host of `base`. */
  readonly paths?: Readonly<
    Partial<Record<Mode, Place | { readonly own: Place; readonly elsewhere: Place }>>
  >;
  /** The same for models of such a name. */
  readonly pathsByName?: readonly (readonly [RegExp, Readonly<Partial<Record<Mode, Place>>>])[];
  /** Fields that the body of a mode has to have, or is cheaper with. */
  readonly sends?: Readonly<Partial<Record<Mode, Readonly<Record<string, Value>>>>>;
  /** The same for chats with models of such a name. */
  readonly sendsByName?: readonly (readonly [RegExp, Readonly<Record<string, Value>>])[];
  /** Headers that are sent with every question: name -> option, or `key` for the key. */
  readonly sendsHeaders?: Readonly<Record<string, string>>;
  /** `bearer` when left out. */
  readonly auth?: AuthScheme;
  /** Variables that hold the version of the API. */
  readonly versionEnv?: readonly string[];
  /** Option -> where it comes from. */
  readonly options?: Readonly<Record<string, OptionRow>>;
  /** What is different in a mode that is served elsewhere. */
  readonly modes?: Readonly<Partial<Record<Mode, Partial<ProviderRow>>>>;
  /** How it is logged in to where there is no key that is sent as it is (see login-of.ts). */
  readonly login?: LoginKind;
}

type Extra = Partial<Omit<ProviderRow, "family" | "base" | "keyEnv">>;

/** Who speaks, where the model speaks with a voice of its own. LiteLLM's names. */
export const voice: OptionRow = { params: ["voice"], info: ["health_check_voice"] };

/** A provider that speaks OpenAI's API with a Bearer key. */
export function compatible(
  base: string | null,
  keyEnv: readonly string[],
  extra: Extra = {},
): ProviderRow {
  return {
    family: "openai",
    base,
    baseEnv: [],
    keyEnv,
    needsKey: true,
    free: "unproven",
    tokenField: "max_tokens",
    ...extra,
    options: { voice, ...extra.options },
  };
}

/** A server of the operator's own: no default address, the key is optional. */
export function selfHosted(base: string | null, prefix: string, extra: Extra = {}): ProviderRow {
  return compatible(base, [`${prefix}_API_KEY`], {
    baseEnv: [`${prefix}_API_BASE`],
    needsKey: false,
    ...extra,
  });
}
