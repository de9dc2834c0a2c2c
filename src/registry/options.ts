// What a provider has to be told besides address, key and model: a region, a project, a voice. Rows of data say where it stands.

import type { Value } from "../config/config.ts";
import { firstSet, textOf } from "./endpoint.ts";
import type { RegionOfProfile } from "./login/aws-files.ts";
import type { OptionRow } from "./providers/row.ts";

type Values = Readonly<Record<string, Value>>;

const none: Readonly<Record<string, string>> = {};

/** The options that are set, and the first one that is missing although it is required. */
export function optionsOf(
  rows: Readonly<Record<string, OptionRow>>,
  params: Values,
  info: Values,
  environment: Readonly<Record<string, string>>,
  baseUrl = "",
  regionOfProfile: RegionOfProfile = () => null,
): {
  readonly options: Readonly<Record<string, string>>;
  readonly missing: OptionRow | null;
  /** The name of one that cannot be part of a host's name although it has to. */
  readonly misfit: string | null;
} {
  let options: Record<string, string> | null = null;
  let missing: OptionRow | null = null;
  let misfit: string | null = null;
  for (const name in rows) {
    const row = rows[name] as OptionRow;
    const value =
      firstText(row.params, params) ??
      firstText(row.info, info) ??
      firstSet(row.env ?? [], environment) ??
      row.inBase?.exec(baseUrl)?.[1] ??
      (row.inProfile ? regionOfProfile(textOf(params["aws_profile_name"])) : null) ??
      row.fallback ??
      null;
    if (value !== null) {
      options ??= {};
      options[name] = value;
    } else if (row.required) missing ??= row;
    if (row.label && value !== null && !/^[a-z0-9-]{1,63}$/i.test(value)) misfit ??= name;
  }
  return { options: options ?? none, missing, misfit };
}

/** What an operator can do about an option that is missing. */
export function missingOption({ params = [], info = [], env = [] }: OptionRow): string {
  const places = [
    ...params.slice(0, 1).map((name) => `litellm_params.${name}`),
    ...info.slice(0, 1).map((name) => `model_info.${name}`),
    ...env.slice(0, 1).map((name) => `the environment variable ${name}`),
  ];
  return `set ${places.join(" or ")}`;
}

function firstText(names: readonly string[] | undefined, values: Values): string | null {
  for (const name of names ?? []) {
    const value = textOf(values[name]);
    if (value !== null) return value;
  }
  return null;
}
