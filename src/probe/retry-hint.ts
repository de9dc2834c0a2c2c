// How long a provider asks to be left alone: headers first, then what the body says. (RFC 9110, 10.2.3; OpenAI's
// retry-after-ms and x-should-retry; Google's RetryInfo; `retry_after` of Replicate and OpenRouter; Hugging Face's `estimated_time`;
// GitHub's x-ratelimit-timeremaining; texts such as "try again in 1.2s")

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
    inSeconds(headers["x-ratelimit-timeremaining"]) ??
    fromBody(body.slice(0, 8000)) ??
    fromReset(headers, wallMs) ??
    (headers["x-should-retry"] === "false" ? longestMs : null);
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
  const google = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body);
  if (google?.[1] !== undefined) return Number(google[1]) * 1000;
  const field = /"(?:retry_after|estimated_time)"\s*:\s*"?(\d{1,9}(?:\.\d+)?)\b/.exec(body);
  if (field?.[1] !== undefined) return Number(field[1]) * 1000;
  const words =
    /(?:try again|retry)(?: your request)? (?:in|after) (?:(\d+)h)?(?:(\d+)m)?\s?(\d+(?:\.\d+)?)\s?(ms|milliseconds?|s\b|secs?\b|seconds?|minutes?|hours?)/i.exec(
      body,
    );
  if (words === null) return null;
  const [, hours = "0", minutes = "0", amount = "0", unit = ""] = words;
  return Number(hours) * hourMs + Number(minutes) * minuteMs + Number(amount) * unitMs(unit);
}

function inSeconds(value: string | undefined): number | null {
  const seconds = numberOf(value);
  return seconds === null ? null : seconds * 1000;
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
