// A request as bytes. Framing and connection are the transport's own: what a configuration says of them is left out.

import type { ProxyRoute } from "../registry/deployment.ts";
import { version } from "../version.ts";
import type { Place } from "./place.ts";
import type { HttpRequest } from "./transport.ts";

const ownHeaders = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
]);
const fixed = `User-Agent: fleetpulse/${version}\r\n`;
/** RFC 9110, 5.6.2 and 5.5: a header that could be read as two is not sent; nor one whose encoding nobody could tell. */
const badName = /[^!#$%&'*+\-.^_`|~0-9a-z]/i;
const badValue = /[^\t\x20-\x7e]/;

/**
 * A request as it goes over the wire. `proxy` is the one on the way, or null; `connection` is what is said of the connection. Throws
 * for a header that cannot be sent.
 */
export function requestBytes(
  request: HttpRequest,
  place: Place,
  proxy: ProxyRoute | null,
  connection: string,
): Buffer {
  // All else goes through a tunnel.
  const asked = place.secure || place.webSocket ? null : proxy;
  const prepared = asked === null && connection === "" ? request.prepared : undefined;
  if (prepared === undefined) return madeBytes(request, place, asked, connection);
  prepared.bytes ??= madeBytes(request, place, asked, connection);
  return prepared.bytes;
}

function madeBytes(
  request: HttpRequest,
  place: Place,
  asked: ProxyRoute | null,
  connection: string,
): Buffer {
  // What is said over a WebSocket comes when it is open.
  const body = place.webSocket ? "" : (request.body ?? "");
  return Buffer.from(
    `${headOf(request, place, asked, connection, Buffer.byteLength(body))}${body}`,
  );
}

/** `proxy` is the one that is asked with the whole address. */
function headOf(
  request: HttpRequest,
  place: Place,
  proxy: ProxyRoute | null,
  connection: string,
  bodyBytes: number,
): string {
  const { method, headers, body } = request;
  const target = proxy === null ? place.path : `http://${place.host}${place.path}`;
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${place.host}\r\n`;
  for (const name in headers) {
    if (ownHeaders.has(name)) continue;
    const value = headers[name] ?? "";
    if (badName.test(name) || badValue.test(value)) throw unsendable(name);
    head += `${name}: ${value}\r\n`;
  }
  if (headers["user-agent"] === undefined) head += fixed;
  // Nothing worth compressing is asked for, and decompressing is work for us.
  if (headers["accept-encoding"] === undefined) head += "Accept-Encoding: identity\r\n";
  if (place.authorization !== null && headers["authorization"] === undefined) {
    head += `Authorization: ${place.authorization}\r\n`;
  }
  if (proxy !== null && proxy.authorization !== null) {
    head += `Proxy-Authorization: ${proxy.authorization}\r\n`;
  }
  head += connection;
  if (body !== null && !place.webSocket) head += `Content-Length: ${bodyBytes}\r\n`;
  return `${head}\r\n`;
}

function unsendable(name: string): Error {
  const shown = badName.test(name) ? "a header's name" : `the value of the header ${name}`;
  return Object.assign(new Error(`${shown} has a character that cannot be sent`), {
    code: "ERR_INVALID_CHAR",
  });
}
