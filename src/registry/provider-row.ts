// What is known of a provider, as one row of data: where it is, which variables hold its address and key, how it is spoken to.

import type { AuthScheme, FamilyName, Mode } from "./deployment.ts";

/**
 * What the free question of a provider proves. `model`: that the key is good and the model is there. `list`: the same, where the
 * list names the model. `key`: that the key is good. `public`: everybody is answered, so it proves that somebody is there.
 * `none`: there is nothing worth asking.
 */
export type FreeRung = "model" | "list" | "key" | "public" | "none";

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
  readonly fallback?: string;
  /** A probe without it makes no sense. */
  readonly required?: true;
}

export interface ProviderRow {
  readonly family: FamilyName;
  /** Null where the address is the operator's own. */
  readonly base: string | null;
  readonly baseEnv: readonly string[];
  readonly keyEnv: readonly string[];
  /** A probe without a key makes no sense. */
  readonly needsKey: boolean;
  readonly free: FreeRung;
  /** The name of the output limit: OpenAI's new one by the model's name, or one for all. */
  readonly tokenField: "by_model" | "max_tokens" | "max_completion_tokens";
  /** Appended to an address of the operator's own that does not hold it. */
  readonly basePath?: string;
  /** `bearer` when left out. */
  readonly auth?: AuthScheme;
  /** Option -> where it comes from. */
  readonly options?: Readonly<Record<string, OptionRow>>;
  /** What is different in a mode that is served elsewhere. */
  readonly modes?: Readonly<Partial<Record<Mode, Partial<ProviderRow>>>>;
  /** Parameters and variables of logins other than a key, which this version does not do. */
  readonly logins?: readonly string[];
}
