// How long a provider asks to be left alone: headers first, then what the body says. (RFC 9110, 10.2.3; OpenAI's
// retry-after-ms; Google's RetryInfo; texts such as "try again in 1.2s")

import type { HttpResponse } from "../transport/transport.ts";
import { exhaustedMs, rateLimitsOf } from "./rate-limits.ts";

const shortestMs = 1000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const longestMs = 15 * minuteMs;

/** Milliseconds, between 1 s and 15 min; null when nothing is asked. `wallMs` is for dates. */
export function retryAfter(response: HttpResponse, wallMs: number): number | null {
  const { headers, body } = response;
  const hint =
    numberOf(headers["retry-after-ms"]) ??
    fromHeader(headers["retry-after"], wallMs) ??
    fromBody(body.slice(0, 8000)) ??
    fromReset(headers, wallMs);
  return hint === null ? null : Math.min(longestMs, Math.max(shortestMs, hint));
}

function fromHeader(value: string | undefined, wallMs: number): number | null {
  if (value === undefined) return null;
  const seconds = numberOf(value);
  if (seconds !== null) return seconds * 1000;
  const date = /^[A-Z][a-z]{2}[a-z]*, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - wallMs);
}

function fromBody(body: string): number | null {
  // Google's field, and that of OpenRouter and Replicate, in seconds.
  const field =
    /"(?:retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"|retry_after"\s*:\s*(\d+(?:\.\d+)?)\b)/.exec(body);
  if (field !== null) return Number(field[1] ?? field[2]) * 1000;
  const words =
    /(?:try again|retry)(?: your request)? (?:in|after) (?:(\d+)h)?(?:(\d+)m)?\s?(\d+(?:\.\d+)?)\s?(ms|milliseconds?|s\b|secs?\b|seconds?|minutes?|hours?)/i.exec(
      body,
    );
  if (words === null) return null;
  const [, hours = "0", minutes = "0", amount = "0", unit = ""] = words;
  return Number(hours) * hourMs + Number(minutes) * minuteMs + Number(amount) * unitMs(unit);
}

function unitMs(unit: string): number {
  const word = unit.toLowerCase();
  if (word.startsWith("ms") || word.startsWith("milli")) return 1;
  if (word.startsWith("s")) return 1000;
  return word.startsWith("m") ? minuteMs : hourMs;
}

/** Until a limit that is used up begins anew. */
function fromReset(headers: Readonly<Record<string, string>>, wallMs: number): number | null {
  const limits = rateLimitsOf(headers, wallMs);
  return limits === null ? null : exhaustedMs(limits, wallMs, false);
}

function numberOf(value: string | undefined): number | null {
  return value !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}
