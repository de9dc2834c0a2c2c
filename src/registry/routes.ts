// The way to each deployment: through which proxy and with which certificates. A large fleet has few of them, so each is
// worked out once and shared.

import type { Value } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import type { Address } from "./address.ts";
import { type CertificatesOrProblem, certificatesOf, noCertificates } from "./certificates.ts";
import type { Route } from "./deployment.ts";
import { readProxies } from "./proxy-for.ts";

export type RouteOrProblem =
  | { readonly route: Route; readonly problem: null }
  | { readonly route: null; readonly problem: string };

export interface Routes {
  /** `sslVerify`: litellm_params.ssl_verify. */
  to(address: Address, sslVerify: Value | undefined): RouteOrProblem;
  readonly warnings: readonly string[];
}

export function createRoutes(
  settings: Settings,
  environment: Readonly<Record<string, string>>,
): Routes {
  const proxies = readProxies(environment, settings.proxyLoopback);
  const certificates = new Map<string, CertificatesOrProblem>();
  const known = new Map<string, RouteOrProblem>();

  function certificatesFor(own: Value | undefined, key: string): CertificatesOrProblem {
    const found = certificates.get(key) ?? certificatesOf(own, settings);
    certificates.set(key, found);
    return found;
  }

  function find(url: URL, own: Value | undefined, ownKey: string): RouteOrProblem {
    const { proxy, problem } = proxies.for(url);
    if (problem !== null) return { route: null, problem };
    // Files that no connection needs stop none.
    if (url.protocol !== "https:" && proxy?.secure !== true) {
      return { route: { proxy, ...noCertificates }, problem: null };
    }
    const found = certificatesFor(own, ownKey);
    if (found.problem !== null) return { route: null, problem: found.problem };
    return { route: { proxy, ...found.certificates }, problem: null };
  }

  return {
    to({ url, protocol, host }, own) {
      const ownKey = own === undefined ? "null" : JSON.stringify(own);
      const key = `${protocol}//${host} ${ownKey}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const found = find(url, own, ownKey);
      known.set(key, found);
      return found;
    },
    warnings: proxies.warnings,
  };
}
