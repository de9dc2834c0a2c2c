// What a setting is, as a row of data: where it is read from, what it may be, what it is by default, and what it means. Durations are
// seconds in files and in the environment, as LiteLLM's are, and milliseconds inside.
//
// The first source that has a value wins: command line, then `overrides` (environment variables that beat the file),
// then `keys` (dotted keys of the file, in order), then `fallbacks` (environment variables that the file beats),
// then the default.

export type SettingKind =
  | { readonly kind: "integer" | "number" | "seconds"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" | "booleanOrPath" | "path" | "text" | "secret" | "texts" | "url" }
  /** `pairs`: secret text such as a=b,c=d. `socket`: udp://HOST:PORT or unix:///PATH. */
  | { readonly kind: "pairs" | "socket" }
  /** In lower case; what is given may be in any. */
  | { readonly kind: "choice"; readonly of: readonly string[] }
  /** Upper bounds of a histogram's buckets in seconds, which stay seconds inside. */
  | { readonly kind: "buckets"; readonly max: number };

export interface SettingRow {
  readonly keys: readonly string[];
  readonly flag?: "port" | "host";
  readonly overrides?: readonly string[];
  readonly fallbacks?: readonly string[];
  readonly value: SettingKind;
  /** As a file would say it; null where there is none. `threads` has its own rule. */
  readonly byDefault: number | boolean | string | readonly string[] | null;
  readonly help: string;
}

export const day = 86_400;
export const seconds = (min: number, max: number) => ({ kind: "seconds", min, max }) as const;
export const integer = (min: number, max: number) => ({ kind: "integer", min, max }) as const;
