// Reads a configuration file, checks it and fills in what it refers to. It either returns a whole configuration or throws
// one ConfigError with everything that is wrong; it never returns half of one.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ConfigProblem, formatProblem } from "../errors.ts";
import type { Config } from "./config.ts";
import { readCredentials } from "./credentials.ts";
import { exportVariables, resolveReferences } from "./environment.ts";
import { include, type ReadFile } from "./include.ts";
import { healthKeys, nearestKey } from "./known-keys.ts";
import { readModelList } from "./model-list.ts";
import { readSettings } from "./settings-reader.ts";
import { plain } from "./values.ts";
import { parseYaml } from "./yaml.ts";
import { type MapNode, problemAt } from "./yaml-node.ts";

export interface ReadOptions {
  readonly file: string;
  readonly flags: { readonly port?: number; readonly host?: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cores: number;
  /** Reads a file as text or throws; the real file system unless given. */
  readonly readFile?: ReadFile;
}

const fileBytesMax = 64 * 1024 * 1024;

/** Reads the file and what it includes. Throws ConfigError. */
export function readConfig(options: ReadOptions): Config {
  const readFile = options.readFile ?? readText;
  let text: string;
  try {
    text = readFile(options.file);
  } catch (error) {
    throw new ConfigError([
      problemAt(
        { file: options.file, line: 0, column: 0 },
        "",
        `the file cannot be read (${codeOf(error)})`,
        "Give the path of your proxy's configuration with --config",
      ),
    ]);
  }
  return parseConfig(text, options);
}

/** The same for text that is at hand. Throws ConfigError. */
export function parseConfig(text: string, options: ReadOptions): Config {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  const parsed = parseYaml(text, options.file);
  problems.push(...parsed.problems);
  warnings.push(...parsed.warnings);
  if (problems.length > 0) throw new ConfigError(problems);
  const main = rootOf(parsed.root, options.file, problems);
  const { root, files } = include(
    main,
    options.file,
    options.readFile ?? readText,
    problems,
    warnings,
  );
  const environment = exportVariables(options.environment, root);
  checkKeys(root, problems, warnings);

  const missing = new Map<string, string>();
  const settings = readSettings({
    root: withoutModels(root, environment, missing),
    environment,
    launched: options.environment,
    flags: options.flags,
    cores: options.cores,
    missing,
    problems,
    warnings,
  });
  const credentials = readCredentials(root, problems);
  const entries = readModelList(root, { environment, credentials, problems, warnings });
  const all = [resolve(options.file), ...files];
  if (problems.length > 0) throw new ConfigError(inOrder(problems), all);
  return {
    file: options.file,
    files: all,
    entries,
    listsModels: root.entries.get("model_list")?.node.kind === "list",
    credentials: new Map([...credentials].map(([name, node]) => [name, plain(node)])),
    settings,
    environment,
    warnings: inOrder(warnings),
  };
}

function rootOf(
  root: ReturnType<typeof parseYaml>["root"],
  file: string,
  problems: ConfigProblem[],
): MapNode {
  const place = { file, line: 1, column: 1 };
  if (root?.kind === "map") return root;
  if (root !== null && !(root.kind === "scalar" && root.value === null)) {
    problems.push(
      problemAt(root.place, "", "the file is not a map of keys", "Begin it with `model_list:`"),
    );
  }
  return { kind: "map", place, entries: new Map() };
}

/** The sections of settings with references filled in; models are resolved one by one elsewhere. */
function withoutModels(
  root: MapNode,
  environment: Readonly<Record<string, string>>,
  missing: Map<string, string>,
): MapNode {
  const entries = new Map(root.entries);
  for (const key of ["model_list", "credential_list", "environment_variables"]) entries.delete(key);
  const resolved = resolveReferences({ ...root, entries }, environment, ({ key, variable }) =>
    missing.set(key, variable),
  );
  return resolved.kind === "map" ? resolved : root;
}

/** Sections that are no maps, keys of ours that do not exist, and keys that look like a misspelled one. */
function checkKeys(root: MapNode, problems: ConfigProblem[], warnings: ConfigProblem[]): void {
  const suspect = (section: string, map: MapNode, path: string) => {
    for (const [key, { keyPlace }] of map.entries) {
      const meant = nearestKey(section, key);
      if (meant === null || map.entries.has(meant)) continue;
      warnings.push(
        problemAt(keyPlace, `${path}${key}`, "this key is not known", `Did you mean ${meant}?`),
      );
    }
  };
  suspect("", root, "");
  for (const section of ["general_settings", "litellm_settings", "router_settings", "fleetpulse"]) {
    const node = root.entries.get(section)?.node;
    if (node === undefined || (node.kind === "scalar" && node.value === null)) continue;
    if (node.kind !== "map") {
      problems.push(
        problemAt(
          node.place,
          section,
          "this is not a map of keys",
          "Write `key: value` lines below it",
        ),
      );
    } else if (section !== "fleetpulse") {
      suspect(section, node, `${section}.`);
    } else {
      checkOwn(node, problems);
    }
  }
}

/** What stands below `fleetpulse:` is ours alone, so an unknown key there is a mistake. */
function checkOwn(own: MapNode, problems: ConfigProblem[]): void {
  const known = healthKeys["fleetpulse"] ?? [];
  for (const [key, { keyPlace }] of own.entries) {
    if (known.includes(key)) continue;
    const meant = nearestKey("fleetpulse", key);
    const mend = meant === null ? `Known are ${known.join(", ")}` : `Did you mean ${meant}?`;
    problems.push(problemAt(keyPlace, `fleetpulse.${key}`, "this key is not known", mend));
  }
}

/** By place, each once: two settings can stumble over the same key. */
function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const distinct = new Map(problems.map((one) => [formatProblem(one), one]));
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A file as text; throws when there is none, or when it is too large to be a configuration. */
export function readText(path: string): string {
  const text = readFileSync(path, "utf8");
  if (text.length > fileBytesMax) throw Object.assign(new Error("too large"), { code: "EFBIG" });
  return text;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "error";
}
