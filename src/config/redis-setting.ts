// Where the proxy's Redis is, from all the places where LiteLLM has it (proxy_server.py, router.py and _redis.py of 1.105): as a URL or
// in parts. What the file leaves out of a host's parts comes from the environment.

import type { ConfigProblem } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { Secret } from "./secret.ts";
import { find, textAt } from "./yaml-find.ts";
import { type MapNode, problemAt } from "./yaml-node.ts";

export interface RedisSources {
  readonly root: MapNode;
  readonly environment: Environment;
  /** Dotted keys of the file that refer to a variable that is not set, with its name. */
  readonly missing: ReadonlyMap<string, string>;
  readonly problems: ConfigProblem[];
}

const partNames = ["url", "host", "port", "username", "password", "ssl", "ssl_cert_reqs"] as const;
type Part = (typeof partNames)[number];
type KeyOf = (part: Part) => string;

const ownRouterKeys: ReadonlySet<Part> = new Set(["url", "host", "port", "password"]);
const routerKey: KeyOf = (part) =>
  ownRouterKeys.has(part)
    ? `router_settings.redis_${part}`
    : `router_settings.cache_kwargs.${part}`;
const cacheKey: KeyOf = (part) => `litellm_settings.cache_params.${part}`;
const coordinationKey: KeyOf = (part) => `general_settings.coordination_redis.${part}`;

export function readRedisUrl(sources: RedisSources): Secret | null {
  const { root, environment } = sources;
  const sections = [routerKey, ...(hasRedisCache(root) ? [cacheKey] : []), coordinationKey];
  for (const keyOf of sections) {
    const found = fromFile(keyOf, sources);
    if (found !== undefined) return found;
  }
  if (environment["REDIS_URL"]) return checked(environment["REDIS_URL"], "REDIS_URL", sources);
  const host = environment["REDIS_HOST"];
  return host ? fromParts(host, (part) => fromEnvironment(part, environment)) : null;
}

/** The proxy connects to its cache when `cache` is true, and that is Redis unless another type is named. */
function hasRedisCache(root: MapNode): boolean {
  const cache = find(root, "litellm_settings.cache");
  if (cache?.kind !== "scalar" || cache.value !== true) return false;
  const type = textAt(root, "litellm_settings.cache_params.type") ?? "redis";
  return type === "redis" || type === "redis-semantic";
}

/** Undefined when this section names no Redis. */
function fromFile(keyOf: KeyOf, sources: RedisSources): Secret | null | undefined {
  const { root, environment, missing, problems } = sources;
  for (const part of partNames) {
    const key = keyOf(part);
    const variable = missing.get(key);
    const place = find(root, key)?.place;
    if (variable === undefined || place === undefined) continue;
    const message = `the environment variable ${variable} is not set`;
    problems.push(problemAt(place, key, message, `Set ${variable}, or remove the key`));
  }
  const url = textAt(root, keyOf("url"));
  if (url !== null) return checked(url, keyOf("url"), sources);
  const host = textAt(root, keyOf("host"));
  if (host === null) return undefined;
  return fromParts(host, (part) => {
    const node = find(root, keyOf(part));
    if (node?.kind === "scalar" && node.value === null && part === "ssl_cert_reqs") return "none";
    return textAt(root, keyOf(part)) ?? fromEnvironment(part, environment);
  });
}

function fromEnvironment(part: Part, environment: Environment): string | null {
  return environment[`REDIS_${part.toUpperCase()}`] || null;
}

function checked(url: string, key: string, { root, problems }: RedisSources): Secret | null {
  if (/^(?:rediss?|unix):\/\/./.test(url)) return new Secret(url);
  problems.push(
    problemAt(
      find(root, key)?.place ?? { file: "environment", line: 0, column: 0 },
      key,
      "this is not a redis:// or rediss:// URL",
      "Write redis://[:password@]host:port",
    ),
  );
  return null;
}

function fromParts(host: string, partOf: (part: Part) => string | null): Secret {
  const isTls = /^(?:true|1|yes)$/i.test(partOf("ssl") ?? "");
  const scheme = isTls ? "rediss" : "redis";
  const name = encodeURIComponent(partOf("username") ?? "");
  const password = partOf("password");
  // A name without a password logs nobody in.
  const login = password === null ? "" : `${name}:${encodeURIComponent(password)}@`;
  const address = host.includes(":") ? `[${host}]` : host;
  const isUnverified = isTls && /^(?:none|cert_none)$/i.test(partOf("ssl_cert_reqs") ?? "");
  const query = isUnverified ? "?ssl_cert_reqs=none" : "";
  return new Secret(`${scheme}://${login}${address}:${portOf(partOf("port"))}${query}`);
}

/** LiteLLM drops what is no number. In Kubernetes a service called redis sets REDIS_PORT to tcp://…. */
function portOf(text: string | null): number {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : 6379;
}
