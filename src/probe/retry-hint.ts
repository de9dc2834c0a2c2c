// How long a provider asks to be left alone: headers first, then what the body says. (RFC 9110, 10.2.3; OpenAI's
// retry-after-ms; Google's RetryInfo; texts such as "try again in 1.2s")

import type { ProbeResponse } from "./outcome.ts";

const shortestMs = 1000;
const longestMs = 15 * 60_000;

/** Milliseconds, between 1 s and 15 min; null when nothing is asked. `wallMs` is for dates. */
export function retryAfter(response: ProbeResponse, wallMs: number): number | null {
  const { headers, body } = response;
  const hint =
    numberOf(headers["retry-after-ms"]) ??
    fromHeader(headers["retry-after"], wallMs) ??
    fromBody(body.slice(0, 8000)) ??
    fromReset(headers);
  return hint === null ? null : Math.min(longestMs, Math.max(shortestMs, hint));
}

function fromHeader(value: string | undefined, wallMs: number): number | null {
  if (value === undefined) return null;
  const seconds = numberOf(value);
  if (seconds !== null) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - wallMs);
}

function fromBody(body: string): number | null {
  const google = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body);
  if (google?.[1] !== undefined) return Number(google[1]) * 1000;
  const words =
    /(?:try again|retry)(?: your request)? (?:in|after) (?:(\d+)m)?\s?(\d+(?:\.\d+)?)\s?(ms|milliseconds?|s\b|secs?\b|seconds?)/i.exec(
      body,
    );
  if (words === null) return null;
  const amount = Number(words[2]) * (words[3]?.toLowerCase().startsWith("m") ? 1 : 1000);
  return Number(words[1] ?? 0) * 60_000 + amount;
}

/** OpenAI's `x-ratelimit-reset-requests: 6m0s`, only when that limit is used up. */
function fromReset(headers: Readonly<Record<string, string>>): number | null {
  for (const kind of ["requests", "tokens"]) {
    if (headers[`x-ratelimit-remaining-${kind}`] !== "0") continue;
    const value = headers[`x-ratelimit-reset-${kind}`];
    const parts = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/.exec(
      value ?? "",
    );
    if (parts === null || value === "") continue;
    const [hours = 0, minutes = 0, seconds = 0, ms = 0] = parts
      .slice(1)
      .map((part) => Number(part ?? 0));
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
  }
  return null;
}

function numberOf(value: string | undefined): number | null {
  return value !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}
