// Error codes of the runtime's sockets, TLS and HTTP parser, as outcome classes. One table; a code that is not here is judged by
// the phase in which it came.

import type { OutcomeClass } from "../table/outcome-class.ts";

export type Phase = "dns" | "connect" | "tls" | "request" | "body";

const codes: Readonly<Record<string, OutcomeClass>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ENODATA: "dns",
  ESERVFAIL: "dns",
  DNS_ENOTFOUND: "dns",
  DNS_ESERVFAIL: "dns",
  DNS_ETIMEOUT: "dns",
  DNS_ECONNREFUSED: "dns",
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
  ERR_INVALID_CHAR: "bad_probe",
  ERR_INVALID_URL: "config",
  ERR_INVALID_HTTP_TOKEN: "bad_probe",
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
  const outcomeClass = classOfCode(code, phase);
  const words = message.split("\n", 1)[0] ?? "";
  // Parser errors quote nothing of the answer; certificate errors name host and reason.
  const text = code === "" ? words : words === "" || words === code ? code : `${code}: ${words}`;
  return { class: outcomeClass, text: text.slice(0, 300) };
}

function classOfCode(code: string, phase: Phase): OutcomeClass {
  const known = codes[code];
  if (known !== undefined) {
    // A reset while shaking hands is a failed handshake; before that, a failed connection.
    if (known === "reset" && phase === "tls") return "tls";
    return known;
  }
  if (code.startsWith("HPE_")) return "protocol";
  if (code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || code.includes("CERT"))
    return "tls";
  if (code.startsWith("Z_")) return "protocol";
  return byPhase[phase];
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
