// Where a request goes, taken apart from its URL. A fleet asks the same URLs for ever, so what came of them is kept.

import { isIP } from "node:net";
import type { Route } from "../registry/deployment.ts";

export interface Place {
  readonly secure: boolean;
  /** ws or wss: a WebSocket is opened there. */
  readonly webSocket: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** The value of Host. */
  readonly host: string;
  /** Scheme and host, as those of HTTP. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Basic authentication from the URL, or null. */
  readonly authorization: string | null;
}

const placesMax = 16_384;
/** A larger fleet than that has one of its own for every question: what came first stays, until this much came that had no room. */
const missesMax = 64 * placesMax;

export function createPlaces(): (url: string) => Place {
  const places = new Map<string, Place>();
  let misses = 0;
  return (url) => {
    const known = places.get(url);
    if (known !== undefined) return known;
    const place = placeOf(url);
    if (places.size < placesMax) {
      places.set(url, place);
      return place;
    }
    misses += 1;
    if (misses < missesMax) return place;
    misses = 0;
    places.clear();
    return place;
  };
}

/** Throws what `URL` throws, and URIError for user info that is not well encoded. */
export function placeOf(text: string): Place {
  const url = new URL(text);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  if (!secure && url.protocol !== "http:" && url.protocol !== "ws:") {
    throw Object.assign(new Error(`${url.protocol} is not http or https`), {
      code: "ERR_INVALID_PROTOCOL",
    });
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const userInfo = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    secure,
    webSocket: url.protocol.startsWith("ws"),
    hostname,
    isAddress: isIP(hostname) !== 0,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
    origin: `${secure ? "https" : "http"}://${url.host}`,
    path: `${url.pathname}${url.search}`,
    authorization:
      userInfo === ":" ? null : `Basic ${Buffer.from(userInfo, "utf8").toString("base64")}`,
  };
}

/** Exchanges with the same key can take turns on a connection. */
export function connectionKeyOf({ origin }: Place, route: Route): string {
  const { proxy, verifyTls, caFile, clientCertificate } = route;
  if (proxy === null && verifyTls && caFile === null && clientCertificate === null) return origin;
  return `${origin} ${JSON.stringify(route)}`;
}
