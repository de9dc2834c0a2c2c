// An address in its parts. While a deployment is worked out the same address is needed several times in a row: the last one is kept.

import { shownUrl } from "../config/secret.ts";

export interface Address {
  readonly url: URL;
  readonly protocol: string;
  /** With the port, where that is not the usual one. */
  readonly host: string;
  /** Safe to show. */
  readonly shown: string;
}

let last: { readonly text: string; readonly address: Address | null } | null = null;

/** Null when the text is no URL. */
export function addressOf(text: string): Address | null {
  if (last?.text === text) return last.address;
  const address = read(text);
  last = { text, address };
  return address;
}

function read(text: string): Address | null {
  const url = URL.parse(text);
  return url === null
    ? null
    : { url, protocol: url.protocol, host: url.host, shown: shownUrl(url) };
}
