// The proxy beside which this service runs: is it ready, and which version is it. The long readiness payload needs a key and names
// the version; the short one is taken when the long one is refused.

import { addressOf } from "./address.ts";
import type { Check } from "./check-loop.ts";

const bodyBytesMax = 64 * 1024;

export interface ProxyCheck extends Check {
  /** What the proxy said of itself; null until it did. */
  version(): string | null;
}

export function proxyCheck(url: string, key: string | null, timeoutMs: number): ProxyCheck {
  let version: string | null = null;
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };

  async function get(path: string): Promise<{ status: number; body: string }> {
    const target = new URL(`${url}${path}`);
    const { hostname, host } = target;
    const address = await addressOf(hostname);
    target.hostname = address.includes(":") ? `[${address}]` : address;
    const response = await fetch(target, {
      headers: { ...headers, host },
      proxy: false,
      ...(target.protocol === "https:" ? { tls: { serverName: hostname } } : {}),
      redirect: "manual",
      keepalive: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await bounded(response) };
  }

  return {
    async ask() {
      const long = await get("/health/readiness/details");
      const answer = long.status === 200 ? long : await get("/health/readiness");
      if (answer.status !== 200)
        throw new Error(`the proxy answers ${answer.status} on /health/readiness`);
      version = versionIn(answer.body) ?? version;
    },
    reset() {},
    async stop() {},
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
    return typeof version === "string" ? version.slice(0, 64) : null;
  } catch {
    return null;
  }
}
