// The first screen: what a person who just started the service needs to see.

import { isLoopback } from "./address.ts";

export interface FirstScreen {
  readonly version: string;
  readonly url: URL;
  readonly source: string;
  readonly deployments: number;
  readonly groups: number;
  readonly threads: number;
  readonly notProbed: number;
  readonly needsKey: boolean;
  readonly publicRoutes: readonly string[];
}

export function firstScreen(screen: FirstScreen): string {
  const listening = screen.url.href.replace(/\/$/, "");
  // "All addresses" is none that a browser can open.
  const base = listening.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:|$)/, "//127.0.0.1");
  const key = screen.needsKey ? ' -H "Authorization: Bearer $LITELLM_MASTER_KEY"' : "";
  const left =
    screen.notProbed === 0 ? "" : `, ${screen.notProbed} of them not probed (see /health)`;
  const only =
    !screen.needsKey && isLoopback(screen.url.hostname)
      ? "\n  (only this machine is answered: without a key, others are where --host or HOST says so)"
      : "";
  const isPublic = screen.publicRoutes.some(
    (path) => path.endsWith("*") && "/openapi".startsWith(path.slice(0, -1)),
  );
  // A browser sends no key with a page and its script.
  const closed =
    screen.needsKey && !isPublic ? ' (once general_settings.public_routes has "/openapi*")' : "";
  return `
  Fleetpulse ${screen.version} listens on ${listening}${only}
  ${screen.source}
  ${screen.deployments} deployments in ${screen.groups} model groups${left}, ${screen.threads} prober ${screen.threads === 1 ? "thread" : "threads"}

  Try:
    curl${key} ${base}/health
    curl${key} ${base}/health/services
    curl${key} ${base}/metrics

  The API in a browser: ${base}/openapi${closed}
`;
}
