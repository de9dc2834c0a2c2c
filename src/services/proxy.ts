// The proxy beside which this service runs: is it ready, and which version is it. The long readiness payload needs a key and names
// the version; the short one is taken when the long one is refused or, on older proxies, unknown.

import { isIP } from "node:net";
import { addressesOf } from "../connection/address.ts";
import { bareHost } from "../connection/connection-url.ts";
import type { Resolver } from "../transport/resolver.ts";
import type { Check } from "./check-loop.ts";

const bodyBytesMax = 64 * 1024;
const versionCharactersMax = 64;

export interface ProxyCheck extends Check {
  /** What the proxy said of itself; null until it did. */
  version(): string | null;
}

/** `url` is the proxy's base, http or https, possibly with a path in front of its routes. */
export function proxyCheck(url: string, key: string | null, resolver: Resolver): ProxyCheck {
  const base = new URL(url);
  const name = bareHost(base.hostname);
  const addresses = addressesOf(name, resolver);
  let version: string | null = null;

  /** Dials the address, in the name of the host: fetch itself would resolve with getaddrinfo. */
  async function get(path: string, signal: AbortSignal): Promise<{ status: number; body: string }> {
    const address = await addresses.current();
    const target = new URL(`${base.pathname.replace(/\/+$/, "")}${path}`, base);
    target.hostname = isIP(address) === 6 ? `[${address}]` : address;
    const response = await fetch(target, {
      headers: {
        host: base.host,
        "accept-encoding": "identity",
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(isIP(name) === 0 ? { tls: { serverName: name } } : {}),
      redirect: "manual",
      keepalive: false,
      proxy: false,
      signal,
    });
    return { status: response.status, body: await bounded(response) };
  }

  return {
    async open() {},
    async ask(signal) {
      const long = await get("/health/readiness/details", signal);
      const answer = long.status === 200 ? long : await get("/health/readiness", signal);
      if (answer.status !== 200)
        throw new Error(`the proxy answers ${answer.status} on /health/readiness`);
      version = versionIn(answer.body) ?? version;
    },
    close: () => addresses.turn(),
    version: () => version,
  };
}

async function bounded(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < bodyBytesMax; ) {
    const { done, value } = await reader.read();
    if (done) return text;
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function versionIn(body: string): string | null {
  try {
    const version = (JSON.parse(body) as { litellm_version?: unknown } | null)?.litellm_version;
    return typeof version === "string" && version !== ""
      ? version.slice(0, versionCharactersMax)
      : null;
  } catch {
    return null;
  }
}
