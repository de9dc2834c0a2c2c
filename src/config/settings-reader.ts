// Resolves every setting from its sources (see settings.ts for their order) and says what is wrong with each.

import type { ConfigProblem } from "../errors.ts";
import type { Place, Value } from "./config.ts";
import type { Environment } from "./environment.ts";
import { readRedisUrl } from "./redis-setting.ts";
import { redact } from "./secret.ts";
import { type SettingName, settingNames, settingRows } from "./setting-rows.ts";
import type { Settings } from "./settings.ts";
import { plain, readAs } from "./values.ts";
import { find, textAt } from "./yaml-find.ts";
import { type MapNode, problemAt } from "./yaml-node.ts";

export interface SettingSources {
  readonly root: MapNode;
  readonly environment: Environment;
  /** The same without the file's `environment_variables`: where a service listens is not the file's to say, as with the proxy. */
  readonly launched: Readonly<Record<string, string | undefined>>;
  readonly flags: { readonly port?: number; readonly host?: string };
  readonly cores: number;
  /** Dotted keys of the file that refer to a variable that is not set, with its name. */
  readonly missing: ReadonlyMap<string, string>;
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

const threadsDefaultMax = 8;

export function readSettings(sources: SettingSources): Settings {
  const values = Object.fromEntries(
    settingNames.map((name) => [name, readSetting(name, sources)]),
  ) as Omit<Settings, "modelGroupAlias" | "redisUrl" | "probingEnabled">;
  const probingEnabled = values.intervalMs > 0;
  if (!probingEnabled) {
    const key = settingRows.intervalMs.keys.find((path) => find(sources.root, path) !== null) ?? "";
    sources.warnings.push(
      problemAt(
        placeOf(sources, key),
        key,
        "an interval of 0 turns probing off",
        "Give a number of seconds",
      ),
    );
  }
  const redisUrl = readRedisUrl(sources);
  return {
    ...values,
    probingEnabled,
    redisUrl,
    cluster: clusterOf(values, redisUrl !== null, sources),
    modelGroupAlias: readAliases(sources),
  };
}

function readSetting(name: SettingName, sources: SettingSources): unknown {
  const row = settingRows[name];
  const { flags, root } = sources;
  const environment = row.flag === undefined ? sources.environment : sources.launched;
  const flag = row.flag === undefined ? undefined : flags[row.flag];
  if (flag !== undefined) return flag;
  const accept = (value: Value, key: string, place: Place): { value: unknown } | null => {
    const reading = readAs(row.value, value);
    if (reading.ok) return { value: reading.value };
    // OpenTelemetry's variables are often set for every process of a machine; its specification has a wrong one told and ignored.
    const told = key.startsWith("OTEL_") ? sources.warnings : sources.problems;
    told.push(
      problemAt(
        place,
        key,
        `${describe(value, row.value.kind)} is not ${reading.expected}`,
        `Give ${reading.expected}`,
      ),
    );
    return null;
  };
  const fromEnvironment = (names: readonly string[] | undefined) => {
    for (const variable of names ?? []) {
      const text = environment[variable];
      if (text === undefined || text === "") continue;
      return (
        accept(text, variable, { file: "environment", line: 0, column: 0 }) ?? {
          value: byDefault(name, sources),
        }
      );
    }
    return null;
  };
  const override = fromEnvironment(row.overrides);
  if (override !== null) return override.value;
  for (const key of row.keys) {
    const node = find(root, key);
    const variable = sources.missing.get(key);
    if (node !== null && variable !== undefined) {
      sources.problems.push(
        problemAt(
          node.place,
          key,
          `the environment variable ${variable} is not set`,
          `Set ${variable}, or remove the key`,
        ),
      );
      return byDefault(name, sources);
    }
    if (node === null || (node.kind === "scalar" && node.value === null)) continue;
    const value = plain(node);
    if (row.value.kind === "secret" && value === "") {
      sources.problems.push(
        problemAt(node.place, key, "this is empty", "Give a value, or remove the key"),
      );
      return byDefault(name, sources);
    }
    return (accept(value, key, node.place) ?? { value: byDefault(name, sources) }).value;
  }
  return (fromEnvironment(row.fallbacks) ?? { value: byDefault(name, sources) }).value;
}

function byDefault(name: SettingName, { cores }: SettingSources): unknown {
  const { value, byDefault: value_ } = settingRows[name];
  if (name === "threads") return Math.min(threadsDefaultMax, Math.max(1, cores - 1));
  return value.kind === "seconds" && typeof value_ === "number" ? value_ * 1000 : value_;
}

/** The one that is named, or the one that the proxy's setting stands for. */
function clusterOf(
  { cluster, sharedHealthCheck }: Pick<Settings, "cluster" | "sharedHealthCheck">,
  hasRedis: boolean,
  sources: SettingSources,
): string | null {
  const asked = cluster === null ? "sharedHealthCheck" : "cluster";
  const key = settingRows[asked].keys[0] ?? "";
  const told = cluster === null ? sources.warnings : sources.problems;
  if (!hasRedis && (cluster !== null || sharedHealthCheck)) {
    const message = "there is no Redis over which replicas could divide the fleet";
    const mend = "Set REDIS_URL, or router_settings.redis_url, or remove the key";
    told.push(problemAt(placeOf(sources, key), key, message, mend));
    return null;
  }
  const namespace = textAt(sources.root, "litellm_settings.cache_params.namespace");
  return cluster ?? (sharedHealthCheck ? namespace || "default" : null);
}

/** alias -> name, or alias -> {model, hidden}. */
function readAliases({ root, problems }: SettingSources): Readonly<Record<string, string>> {
  const node = find(root, "router_settings.model_group_alias");
  if (node === null || (node.kind === "scalar" && node.value === null)) return {};
  if (node.kind !== "map") {
    problems.push(
      problemAt(
        node.place,
        "router_settings.model_group_alias",
        "this is not a map",
        "Write `alias: model group` lines",
      ),
    );
    return {};
  }
  const aliases: [string, string][] = [];
  for (const [alias, { node: target }] of node.entries) {
    const name =
      target.kind === "map"
        ? textAt(target, "model")
        : target.kind === "scalar"
          ? target.value
          : null;
    if (typeof name === "string") aliases.push([alias, name]);
  }
  return Object.fromEntries(aliases);
}

function placeOf({ root }: SettingSources, key: string): Place {
  return find(root, key)?.place ?? { file: "environment", line: 0, column: 0 };
}

/** Kinds of settings whose value may hold a credential. */
const hiddenKinds: ReadonlySet<string> = new Set(["secret", "url", "pairs", "socket"]);

/** The value as it may be shown: never one that could be a credential. */
function describe(value: Value, kind: string): string {
  if (hiddenKinds.has(kind) || (typeof value === "object" && value !== null)) return "this";
  const text = redact(JSON.stringify(value) ?? "this", []);
  return text.length > 60 ? "this" : text;
}
