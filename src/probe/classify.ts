// What an answer that is not a success means: a pure function of provider, status, headers and body. Read in this order:
// the provider's own codes, words that say more than a common code, common codes, the provider's own statuses, words,
// and last the status by itself.
//
// Of a quota that is used up it matters whether it comes back by itself. One of a day (or of hours) does: `quota_exhausted`, alive.
// One of a month, of money, or of which nothing says that it begins anew, is spent: `billing`. One of 0 is not in the plan:
// `permission`.

import { safeUrl } from "../config/secret.ts";
import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";
import type { HttpResponse } from "../transport/transport.ts";
import { readErrorBody } from "./error-body.ts";
import { retryAfter } from "./retry-hint.ts";
import { commonCodes, providerCodes, providerStatuses } from "./vendor-codes.ts";
import { textRules } from "./vendor-words.ts";

export interface Classified {
  readonly class: OutcomeClass;
  /** One line for a human; not yet redacted. */
  readonly text: string;
  readonly retryAfterMs: number | null;
}

const messageCharactersMax = 160;

/** `wallMs` is only for a Retry-After that is a date. */
export function classify(
  provider: string,
  response: HttpResponse,
  wallMs: number = Date.now(),
): Classified {
  const { status } = response;
  if (status >= 300 && status < 400) return redirected(response);
  const { message, codes } = readErrorBody(response);
  const outcomeClass = classOf(provider, meantStatus(status, codes), codes, message);
  const { effect } = outcomeClasses[outcomeClass];
  const words = oneLine(message);
  return {
    class: outcomeClass,
    text:
      words === ""
        ? `HTTP ${status}: ${outcomeClasses[outcomeClass].sentence}`
        : `HTTP ${status}: ${words}`,
    retryAfterMs: effect === "degraded" || status === 503 ? retryAfter(response, wallMs) : null,
  };
}

/** An error inside a 200 often tells the status that it should have had. */
function meantStatus(status: number, codes: readonly string[]): number {
  if (status >= 300) return status;
  const code = codes.find((one) => /^[45]\d\d$/.test(one));
  if (code !== undefined) return Number(code);
  if (codes.some((one) => /^(?:api|server|internal(?:_?server)?)_?error$/.test(one))) return 500;
  return codes.includes("invalid_request_error") ? 400 : status;
}

function classOf(
  provider: string,
  status: number,
  codes: readonly string[],
  message: string,
): OutcomeClass {
  return (
    lastOf(codes, providerCodes[provider]) ??
    (codes.includes("quota_of_zero") ? "permission" : undefined) ??
    byWords(message, status, codes, true) ??
    (codes.some((code) => /per_?day|byday/.test(code)) ? "quota_exhausted" : undefined) ??
    lastOf(codes, commonCodes) ??
    providerStatuses[provider]?.[status] ??
    byWords(message, status, codes, false) ??
    byStatus(status)
  );
}

/** The last code that is known: bodies go from the general (type, status) to the particular (code, details). */
function lastOf(
  codes: readonly string[],
  meanings: Readonly<Record<string, OutcomeClass>> | undefined,
): OutcomeClass | undefined {
  if (meanings === undefined) return undefined;
  // Behind a dot stands a kind of it: `ratelimitexceeded.endpointrpmexceeded`.
  const names = codes.flatMap((code) => [code.replace(/\..*$/, ""), code]);
  const known = names.findLast((name) => Object.hasOwn(meanings, name));
  return known === undefined ? undefined : meanings[known];
}

function byWords(
  message: string,
  status: number,
  codes: readonly string[],
  beatsCodes: boolean,
): OutcomeClass | undefined {
  return textRules.find(
    (rule) =>
      (rule.beatsCodes ?? false) === beatsCodes &&
      (rule.statuses === undefined || rule.statuses.includes(status) || status < 300) &&
      !(rule.unlessCode !== undefined && codes.includes(rule.unlessCode)) &&
      rule.pattern.test(message),
  )?.class;
}

const statusClasses: Readonly<Record<number, OutcomeClass>> = {
  401: "auth",
  402: "billing",
  403: "permission",
  404: "model_not_found",
  407: "connect",
  408: "server_error",
  410: "model_not_found",
  424: "server_error",
  425: "not_ready",
  429: "rate_limited",
  451: "region",
  498: "auth",
  499: "server_error",
  529: "overloaded",
};

/** The meaning of a status by itself: other 4xx mostly mean that the probe is wrong, not that the model is down. */
function byStatus(status: number): OutcomeClass {
  const meaning = statusClasses[status];
  if (meaning !== undefined) return meaning;
  if (status >= 500 && status < 600) return "server_error";
  if (status >= 400 && status < 500) return "bad_probe";
  return "protocol";
}

/** Never followed: a redirect to another host would carry the key there. */
function redirected(response: HttpResponse): Classified {
  const location = response.headers["location"];
  const where =
    location === undefined
      ? "nowhere"
      : safeUrl(location) === "(not a URL)"
        ? "another path"
        : safeUrl(location);
  return {
    class: "protocol",
    text: oneLine(
      `HTTP ${response.status}: redirects to ${where}, which is not followed; correct api_base`,
    ),
    retryAfterMs: null,
  };
}

function oneLine(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .toWellFormed();
  const characters = Array.from(line);
  return characters.length <= messageCharactersMax
    ? line
    : `${characters.slice(0, messageCharactersMax - 1).join("")}…`;
}
