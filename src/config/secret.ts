// Credentials must not leave. `Secret` keeps one from being printed by accident; `redact` takes known values and whatever
// looks like a credential out of text that others wrote (upstreams echo keys in their error messages).

const hidden = "[redacted]";

/** A value that prints, serialises and inspects as redacted; only `reveal` gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hidden;
  }
}

/** Shorter values are too common as words to be taken out of text. */
const secretLengthMin = 6;

/** Shapes of credentials. Each is linear: no nested repetition. */
const shapes: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,512}@/gi, `$1${hidden}@`],
  [/\b(Bearer|Basic|Token|ZenApiKey)\s+[A-Za-z0-9._~+/=*-]{6,}/gi, `$1 ${hidden}`],
  // name=value and "name": "value" of things that are credentials by name
  [
    /\b((?:x-)?api[-_]?key|access[-_]?token|auth[-_]?token|token|secret|password|passwd|sig|signature|key|xi-api-key|x-goog-api-key)(["']?\s{0,2}[=:]\s{0,2}["']?)[^\s"'&,;)}\]]{4,}/gi,
    `$1$2${hidden}`,
  ],
  // sk-…, also shortened by the provider: sk-proj-****abcd
  [/\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|r8|fw|tgp|dapi|ghp|ghs)[-_][A-Za-z0-9_.*-]{4,}/g, hidden],
  [/\b[A-Za-z0-9]{2,}\*{3,}[A-Za-z0-9*]{0,}/g, hidden],
  [/\bAIza[A-Za-z0-9_-]{10,}/g, hidden],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{8,}/g, hidden],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g, hidden],
];

/**
 * The text without these secrets (also when they are URL-encoded or JSON-escaped) and without anything that
 * has the shape of a credential.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < secretLengthMin) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret.toWellFormed()));
    forms.add(JSON.stringify(secret).slice(1, -1));
  }
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    if (clean.includes(form)) clean = clean.replaceAll(form, hidden);
  }
  for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement);
  return clean;
}

/** The URL without user info, query and fragment; what is no URL is not shown at all. */
export function safeUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "(not a URL)" : shownUrl(parsed);
}

/** The same of a URL that is known to be one. */
export function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
