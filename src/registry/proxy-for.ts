// Which proxy a URL is asked through, by the environment, as the Python clients behind LiteLLM take it from there
// (urllib.request.getproxies, httpx):
//
// - https_proxy for https, http_proxy for http, all_proxy for what has none of its own; NO_PROXY takes out (no-proxy.ts).
// - Each in lower or upper case. Lower case wins; set and empty, it switches off the one in upper case.
// - A proxy without a scheme is spoken to in HTTP. User and password in its URL go to it as Basic authentication.
// - Unlike there, what is on this machine (localhost, 127.0.0.0/8, ::1) is asked directly unless a setting says otherwise: a
//   proxy would look for it on its own machine.
//
// A variable that holds no usable proxy stops what would go through it: going around would be what the operator forbade.

import { BlockList, isIP } from "node:net";
import type { ProxyRoute } from "./deployment.ts";
import { type NoProxy, readNoProxy } from "./no-proxy.ts";

type Environment = Readonly<Record<string, string>>;

export type ProxyChoice =
  | { readonly proxy: ProxyRoute | null; readonly problem: null }
  | { readonly proxy: null; readonly problem: string };

export interface Proxies {
  for(url: URL): ProxyChoice;
  /** Variables that hold no proxy's URL; never their values, which have credentials. */
  readonly warnings: readonly string[];
}

interface Variable {
  readonly choice: ProxyChoice;
  /** Wrong for everybody, and not only of a kind that is not supported. */
  readonly warning: string | null;
}

const direct: ProxyChoice = { proxy: null, problem: null };
const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8, "ipv4");
thisMachine.addAddress("::1", "ipv6");

/** The choice for one URL. For many, `readProxies` reads the environment once. */
export function proxyFor(url: string, environment: Environment): ProxyChoice {
  return readProxies(environment, false).for(new URL(url));
}

/** `proxyLoopback`: what is on this machine is asked through a proxy as well. */
export function readProxies(environment: Environment, proxyLoopback: boolean): Proxies {
  const [http, https, all] = ["http_proxy", "https_proxy", "all_proxy"].map((name) =>
    readVariable(name, environment),
  );
  const noProxy = readNoProxy(variableOf("no_proxy", environment)?.value ?? "");
  const warnings = [http, https, all].map((variable) => variable?.warning ?? null);
  return {
    for(url) {
      const variable = (url.protocol === "https:" ? https : http) ?? all ?? null;
      if (variable === null || isDirect(url, noProxy, proxyLoopback)) return direct;
      return variable.choice;
    },
    warnings: warnings.filter((warning) => warning !== null),
  };
}

function isDirect(url: URL, noProxy: NoProxy, proxyLoopback: boolean): boolean {
  const hostname = bareHost(url);
  if (!proxyLoopback && isThisMachine(hostname)) return true;
  return noProxy(hostname, Number(url.port) || (url.protocol === "https:" ? 443 : 80));
}

function isThisMachine(hostname: string): boolean {
  const version = isIP(hostname);
  if (version === 0) return /^localhost\.?$/.test(hostname);
  return thisMachine.check(hostname, version === 6 ? "ipv6" : "ipv4");
}

/** The variable that counts, and what it holds; null when it is not set, or empty. */
function variableOf(
  lowerName: string,
  environment: Environment,
): { readonly name: string; readonly value: string } | null {
  const name = environment[lowerName] === undefined ? lowerName.toUpperCase() : lowerName;
  const value = (environment[name] ?? "").trim();
  return value === "" ? null : { name, value };
}

function readVariable(lowerName: string, environment: Environment): Variable | null {
  const found = variableOf(lowerName, environment);
  if (found === null) return null;
  const { name, value } = found;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme?.startsWith("socks")) {
    const problem = `the proxy of ${name} is a SOCKS proxy, which is not supported: name an HTTP proxy, or list the host in NO_PROXY`;
    return { choice: { proxy: null, problem }, warning: null };
  }
  const proxy = routeTo(scheme === undefined ? `http://${value}` : value);
  if (proxy !== null) return { choice: { proxy, problem: null }, warning: null };
  const problem = `${name} is not the URL of a proxy: write http://host:port, and percent-encode user and password`;
  return { choice: { proxy: null, problem }, warning: problem };
}

function routeTo(text: string): ProxyRoute | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  // What follows the address of a proxy is the rest of a password that was not encoded.
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return null;
  const secure = url.protocol === "https:";
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    secure,
    hostname: bareHost(url),
    port: Number(url.port) || (secure ? 443 : 80),
    authorization: login === ":" ? null : `Basic ${Buffer.from(login, "utf8").toString("base64")}`,
  };
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Percent signs that encode nothing are meant as they stand. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
