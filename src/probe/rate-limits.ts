// What the headers of an answer say of the provider's rate limits: one parser for all of them, by pattern, because names and
// forms differ between providers and change. Pure; never throws; what does not parse is as if it had not been sent.
//
//   x-ratelimit-remaining-requests    anthropic-ratelimit-input-tokens-remaining    x-ratelimit-limit-tokens-per-day
//   ratelimit-reset                   x-tokenlimit-remaining                        ratelimit: "default";r=50;t=30
//
// A provider may have several windows of a kind (a minute and a day; tokens in and out): the one that is nearest to its end counts.

export interface RateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Wall time. */
  readonly resetMs: number | null;
}

export interface RateLimits {
  readonly requests: RateLimit | null;
  readonly tokens: RateLimit | null;
}

type Kind = keyof RateLimits;
type Part = "limit" | "remaining" | "reset";
type Window = { -readonly [Field in keyof RateLimit]: RateLimit[Field] };

const dayMs = 86_400_000;
const longestResetMs = 31 * dayMs;
const namesMax = 64;
const nameCharactersMax = 80;

/** Null when the headers say nothing of it. */
export function rateLimitsOf(
  headers: Readonly<Record<string, string>>,
  wallMs: number,
): RateLimits | null {
  const windows: Record<Kind, Map<string, Window>> = { requests: new Map(), tokens: new Map() };
  let found = 0;
  for (const name in headers) {
    if (!name.includes("ratelimit") && !name.startsWith("x-tokenlimit-")) continue;
    if (name.length > nameCharactersMax) continue;
    found += 1;
    if (found > namesMax) break;
    take(windows, name, headers[name] ?? "", wallMs);
  }
  if (found === 0) return null;
  const requests = nearest(windows.requests);
  const tokens = nearest(windows.tokens);
  return requests === null && tokens === null ? null : { requests, tokens };
}

function take(
  windows: Record<Kind, Map<string, Window>>,
  name: string,
  value: string,
  wallMs: number,
): void {
  const meaning = meaningOf(name);
  if (meaning === "draft") takeDraft(windows.requests, value, wallMs);
  if (meaning === "draft" || meaning === null) return;
  const { kind, part } = meaning;
  const window = windowOf(windows[kind], meaning.window);
  if (part === "reset") window.resetMs = resetOf(value, wallMs);
  else window[part] = countOf(value);
}

interface Meaning {
  readonly kind: Kind;
  readonly part: Part;
  /** What is left of the name: windows of a kind are told apart by it. */
  readonly window: string;
}

/** Names are few and come again with every answer. */
const meanings = new Map<string, Meaning | "draft" | null>();
const meaningsMax = 256;

function meaningOf(name: string): Meaning | "draft" | null {
  const known = meanings.get(name);
  if (known !== undefined) return known;
  if (meanings.size >= meaningsMax) meanings.clear();
  const read = readName(name);
  meanings.set(name, read);
  return read;
}

function readName(name: string): Meaning | "draft" | null {
  const spelled = /^(?:[a-z]+-)?(?:x-)?(?:ratelimit|tokenlimit)(?:-(.+))?$/.exec(name);
  if (spelled === null) return null;
  const words = (spelled[1] ?? "").split("-").filter((word) => word !== "" && word !== "per");
  if (words.length === 0) return "draft";
  const part = words.find(isPart);
  if (part === undefined || words.includes("policy") || words.includes("over")) return null;
  const rest = words.filter((word) => word !== part);
  const isTokens = name.includes("tokenlimit") || rest.some((word) => /^tokens?$/.test(word));
  return { kind: isTokens ? "tokens" : "requests", part, window: rest.join("-") };
}

function isPart(word: string): word is Part {
  return word === "limit" || word === "remaining" || word === "reset";
}

function windowOf(windows: Map<string, Window>, name: string): Window {
  const known = windows.get(name);
  if (known !== undefined) return known;
  const window: Window = { limit: null, remaining: null, resetMs: null };
  windows.set(name, window);
  return window;
}

/** IETF draft-ietf-httpapi-ratelimit-headers: `"default";r=50;t=30`, in older ones `limit=100, remaining=50, reset=30`. */
function takeDraft(windows: Map<string, Window>, value: string, wallMs: number): void {
  const field = (names: string) =>
    new RegExp(`(?:^|[;,\\s])(?:${names})=(\\d{1,12})(?![\\d.])`).exec(value)?.[1];
  const window = windowOf(windows, "draft");
  window.limit = countOf(field("q|limit") ?? "");
  window.remaining = countOf(field("r|remaining") ?? "");
  const seconds = field("t|reset");
  window.resetMs = seconds === undefined ? null : within(wallMs + Number(seconds) * 1000, wallMs);
}

/** A count; -1, which Azure shows where it does not count, is none. The draft may append a list of windows. */
function countOf(value: string): number | null {
  const digits = /^\s*(\d{1,15})(?:\.0+)?\s*(?:$|[,;])/.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A duration (`6m0s`), seconds, seconds or milliseconds since the epoch, or a date (RFC 3339): as wall time. */
function resetOf(value: string, wallMs: number): number | null {
  const text = value.trim();
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    const at = number > 1e12 ? number : number > 1e9 ? number * 1000 : wallMs + number * 1000;
    return within(at, wallMs);
  }
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : within(at, wallMs);
  }
  const parts =
    /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?$/.exec(
      text,
    );
  if (parts === null || text === "") return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return within(wallMs + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms, wallMs);
}

function within(atMs: number, wallMs: number): number {
  return Math.round(Math.min(wallMs + longestResetMs, Math.max(wallMs, atMs)));
}

/** The window of which the smallest share is left. */
function nearest(windows: ReadonlyMap<string, Window>): RateLimit | null {
  let least: Window | null = null;
  for (const window of windows.values()) {
    if (window.limit === null && window.remaining === null) continue;
    if (least === null || shareOf(window) < shareOf(least)) least = window;
  }
  return least;
}

function shareOf({ limit, remaining }: RateLimit): number {
  if (remaining === null) return Number.POSITIVE_INFINITY;
  return limit === null || limit === 0 ? 1 : remaining / limit;
}

/** How long until what is used up begins anew; null when nothing is. `sure`: only where the limit itself is told as well. */
export function exhaustedMs(limits: RateLimits, wallMs: number, sure: boolean): number | null {
  let longest: number | null = null;
  for (const window of [limits.requests, limits.tokens]) {
    if (window === null || window.remaining !== 0 || window.resetMs === null) continue;
    if (sure && (window.limit === null || window.limit === 0)) continue;
    longest = Math.max(longest ?? 0, window.resetMs - wallMs);
  }
  return longest;
}
