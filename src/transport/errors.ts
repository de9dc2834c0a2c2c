// Error codes of the runtime's sockets, TLS and HTTP parser, as outcome classes. One table; a code that is not here is judged by
// the phase in which it came.
//
// Bun reports a connection that found no free file descriptor as refused, and a name lookup without one as not found. That
// is our own lack and must not make a whole fleet look dead, so such an error is believed only when a
// descriptor can be had.

import { closeSync, openSync } from "node:fs";
import type { OutcomeClass } from "../table/outcome-class.ts";

export type Phase = "dns" | "connect" | "tls" | "request" | "body";

const codes: Readonly<Record<string, OutcomeClass>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ENODATA: "dns",
  ESERVFAIL: "dns",
  ECONNREFUSED: "connect",
  EHOSTUNREACH: "connect",
  ENETUNREACH: "connect",
  EADDRNOTAVAIL: "connect",
  ETIMEDOUT: "connect",
  EPROTO: "tls",
  CERT_HAS_EXPIRED: "tls",
  CERT_NOT_YET_VALID: "tls",
  CERT_REVOKED: "tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
  SELF_SIGNED_CERT_IN_CHAIN: "tls",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
  UNABLE_TO_GET_ISSUER_CERT: "tls",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "reset",
  ERR_STREAM_PREMATURE_CLOSE: "reset",
  EMFILE: "internal",
  ENFILE: "internal",
  ENOMEM: "internal",
  ENOBUFS: "internal",
  // A header, key or address that cannot be sent: only the configuration can mend it.
  ERR_INVALID_CHAR: "config",
  ERR_INVALID_HTTP_TOKEN: "config",
  ERR_INVALID_URL: "config",
  ERR_INVALID_PROTOCOL: "config",
  ERR_CERTIFICATE_FILE: "config",
  ERR_ROUTE: "config",
  ERR_PROXY_UNREACHABLE: "connect",
  ERR_PROXY_TUNNEL: "connect",
};

const byPhase: Readonly<Record<Phase, OutcomeClass>> = {
  dns: "dns",
  connect: "connect",
  tls: "tls",
  request: "protocol",
  body: "protocol",
};

/** What an error of the runtime means. `phase` is how far the exchange had come. */
export function classOfError(error: unknown, phase: Phase): { class: OutcomeClass; text: string } {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  const outcomeClass = error instanceof URIError ? "config" : classOfCode(code, phase);
  if ((outcomeClass === "connect" || outcomeClass === "dns") && lacksDescriptors()) {
    return { class: "internal", text: "no free file descriptors; raise the limit of open files" };
  }
  const words = message.split("\n", 1)[0] ?? "";
  // Parser errors quote nothing of the answer; certificate errors name host and reason.
  const text = words.startsWith(code) ? words : words === "" ? code : `${code}: ${words}`;
  return { class: outcomeClass, text: text.slice(0, 300) };
}

function classOfCode(code: string, phase: Phase): OutcomeClass {
  const known = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (known !== undefined) {
    // A reset while shaking hands is a failed handshake; before that, a failed connection. And a connection that
    // stands can still be lost to the network.
    if (known === "reset")
      return phase === "request" || phase === "body" ? "reset" : byPhase[phase];
    if (known === "connect" && (phase === "request" || phase === "body")) return "reset";
    return known;
  }
  if (code.startsWith("DNS_")) return "dns";
  if (code.startsWith("HPE_")) return "protocol";
  if (code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || code.includes("CERT"))
    return "tls";
  if (code.startsWith("Z_")) return "protocol";
  return byPhase[phase];
}

function lacksDescriptors(): boolean {
  try {
    closeSync(openSync("/dev/null", "r"));
    return false;
  } catch (error) {
    return codeOf(error) === "EMFILE" || codeOf(error) === "ENFILE";
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
