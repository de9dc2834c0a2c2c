// From a place in a provider's row to a whole address: below the base, below the base without its own path, or as it is.

import type { ProbeTarget } from "../registry/deployment.ts";
import { providers } from "../registry/providers/all.ts";
import type { Place, ProviderRow } from "../registry/providers/row.ts";
import { join } from "./url.ts";

type Asked = Pick<ProbeTarget, "provider" | "baseUrl" | "model">;

/** The whole address. The model keeps its slashes: publishers and paths are parts of it. */
export function placeAt(target: Asked, place: Place): string {
  const model = target.model.split("/").map(encodeURIComponent).join("/");
  const path = place.replaceAll("{model}", model);
  if (/^https?:/.test(path)) return path;
  if (!path.startsWith("^")) return join(target.baseUrl, path);
  return `${rootOf(target.baseUrl, providers[target.provider])}${path.slice(1)}`;
}

/** Whether the target is at its provider's own host; always where the provider has none. */
export function isAtHome({ provider, baseUrl }: Asked): boolean {
  const home = providers[provider]?.base ?? null;
  if (home === null) return true;
  const own = hostOf(home);
  const host = hostOf(baseUrl);
  return host === own || (baseUrl.startsWith("https:") && host.endsWith(`.${own}`));
}

/** The base without its own path; without a version where that path is not there. */
function rootOf(baseUrl: string, row: ProviderRow | undefined): string {
  const bare = baseUrl.replace(/\/+$/, "");
  const own = row === undefined || row.base === null ? "" : new URL(row.base).pathname;
  const paths = [own.replace(/\/+$/, ""), row?.basePath ?? ""];
  const path = paths.find((one) => one !== "" && bare.endsWith(one));
  return path === undefined ? bare.replace(/\/v\d+$/, "") : bare.slice(0, -path.length);
}

function hostOf(url: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? "";
}
