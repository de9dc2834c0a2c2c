// What a configuration file says, read and checked, with environment references filled in.

import type { ConfigProblem } from "../errors.ts";
import type { Settings } from "./settings.ts";

/** A value as YAML carries it, after `os.environ/` references are resolved. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Where something stands in a file; lines and columns are 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One entry of `model_list`, named credentials already merged in. Key order is the file's order. */
export interface ModelEntry {
  /** Dotted path, such as `model_list[3]`. */
  readonly path: string;
  readonly place: Place;
  readonly modelName: string;
  readonly params: { readonly [key: string]: Value };
  readonly info: { readonly [key: string]: Value };
  /** `model_info.id`, else the id that the proxy derives. */
  readonly modelId: string;
  /** By `model_info.id`. */
  readonly isNamed: boolean;
  /** Environment variables that the entry refers to and that are not set (the values read as null). */
  readonly missing: readonly { readonly key: string; readonly variable: string }[];
}

export interface Config {
  /** The main file, and all files that were read (to watch). */
  readonly file: string;
  readonly files: readonly string[];
  /** Whoever makes deployments of them takes them out: of a large fleet they are larger than all that is made of them. */
  readonly entries: ModelEntry[];
  /** `model_list` is there, be it an empty list: nothing there may be a file that is being written. */
  readonly listsModels: boolean;
  /** `credential_list` by name, references not filled in. */
  readonly credentials: ReadonlyMap<string, Value>;
  readonly settings: Settings;
  /** The process environment with `environment_variables` over it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly ConfigProblem[];
}
