// What the URLs of PostgreSQL and Redis have in common: percent-encoded parts, bracketed addresses, and a password that
// must not be shown.

/** The text without percent-encoding; text that is not encoded properly (a bare % in a password) means itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The host without the brackets that a URL puts around an IPv6 address. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** What may not be shown of a URL: the whole, and its password (a token as user name) as written and as meant. */
export function secretsOf(url: string): string[] {
  if (!URL.canParse(url)) return [url];
  const { password, username } = new URL(url);
  const secret = password === "" ? username : password;
  return [url, secret, decoded(secret)];
}
