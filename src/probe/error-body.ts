// What an error body says, whatever its shape: a message for a human, and every code-like word in it. Providers have a dozen
// shapes ({error:{message,type,code}}, {detail}, {message,id}, Google's status and reasons, ...).

import type { HttpResponse } from "../transport/transport.ts";

export interface ErrorWords {
  /** One line, not yet bounded or redacted. */
  readonly message: string;
  /** Codes, types, statuses and reasons, lower-cased. */
  readonly codes: readonly string[];
}

const messageKeys = [
  "message",
  "Message",
  "msg",
  "err_msg",
  "status_msg",
  "detail",
  "title",
  "reason",
  "error",
  "errors",
];
const codeKeys = new Set([
  "code",
  "type",
  "status",
  "reason",
  "error_code",
  "error_type",
  "err_code",
  "__type",
  "status_code",
  "quotaid",
]);
/** Google's limit of a quota. One of 0 is no quota that begins anew: what it bounds is not in the plan. */
const limitKey = "quotavalue";
/** Amazon's name of the error, and GitHub's of the limit. */
const codeHeaders = ["x-amzn-errortype", "x-ratelimit-type"];
const depthMax = 6;
const codesMax = 32;

export function readErrorBody(response: HttpResponse): ErrorWords {
  let message: string;
  const codes: string[] = [];
  try {
    const body: unknown = JSON.parse(response.body);
    collectCodes(body, codes, 0);
    message = messageOf(body, 0) ?? "";
  } catch {
    message = textOnly(response.body);
  }
  for (const name of codeHeaders) {
    const code = response.headers[name];
    if (code !== undefined) codes.push(code);
  }
  return { message, codes: codes.map(bare) };
}

function collectCodes(value: unknown, codes: string[], depth: number): void {
  if (typeof value !== "object" || value === null || depth > depthMax || codes.length >= codesMax)
    return;
  for (const [key, item] of Object.entries(value)) {
    const name = key.toLowerCase();
    if (name === limitKey && String(item) === "0") codes.push("quota_of_zero");
    const isCode = codeKeys.has(name);
    if (isCode && (typeof item === "string" || typeof item === "number")) codes.push(String(item));
    // {"error": "some_code"} as well as {"error": "a sentence"}: only words without blanks are codes.
    else if (key === "error" && typeof item === "string" && !item.includes(" ")) codes.push(item);
    else collectCodes(item, codes, depth + 1);
  }
}

function messageOf(value: unknown, depth: number): string | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > depthMax) return null;
  if (Array.isArray(value)) return messageOf(value[0], depth + 1);
  for (const key of [...(depth === 0 ? ["error"] : []), ...messageKeys, "base_resp"]) {
    const found = Object.hasOwn(value, key)
      ? messageOf((value as Record<string, unknown>)[key], depth + 1)
      : null;
    if (found !== null && found !== "") return found;
  }
  return null;
}

/** Text of a body that is no JSON: gateways answer with HTML. */
function textOnly(body: string): string {
  return body
    .slice(0, 4000)
    .replace(/<(?:script|style)[^>]{0,200}>[^<]{0,4000}/gi, " ")
    .replace(/<[^>]{0,300}>/g, " ");
}

/** Amazon writes `namespace#Code:http://...`. */
function bare(code: string): string {
  return code
    .replace(/^[^#]{0,200}#/, "")
    .replace(/:http.*$/, "")
    .toLowerCase();
}
