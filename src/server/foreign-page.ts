// A page of another site that has a browser on this machine ask us. Where no key is needed it could have us ask for probes, which
// cost money; all else that it may want it cannot read, or needs no leave for.

import { isIP } from "node:net";

/** What decides who may ask. */
export interface Access {
  readonly masterKey: string | null;
  /** The address to listen on, where one was given. */
  readonly host: string | null;
}

export function isForeignPage(request: Request, access: Access): boolean {
  if (request.method !== "POST") return false;
  if (request.headers.get("sec-fetch-site") === "cross-site") return true;
  // A browser tells the origin with every POST. Programs do not, and may have names of their own for this machine.
  if (request.headers.get("origin") === null) return false;
  const { masterKey, host } = access;
  // Where an operator opened the address to others, we do not know by which names they call it.
  if (masterKey !== null || (host !== null && !isLoopback(host))) return false;
  // A site whose name was made to lead here (DNS rebinding) is ours to the browser, but its name stands in the address. A bare
  // address leads nowhere else.
  const asked = URL.parse(request.url)?.hostname.replace(/^\[|\]$/g, "") ?? "";
  return isIP(asked) === 0 && !isLoopback(asked);
}

function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}|::1|(?:.*\.)?localhost\.?)$/i.test(hostname);
}
