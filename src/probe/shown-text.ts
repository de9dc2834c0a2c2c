// What may be shown of what an upstream said: without the deployment's credentials, in one line, bounded on a character boundary.

import { redact } from "../config/secret.ts";
import { secretsOfSource } from "../logins/secrets.ts";
import type { ProbeTarget, Route } from "../registry/deployment.ts";
import { fitting } from "../table/fitting-text.ts";
import { servedModelBytesMax, textBytesMax } from "../table/layout.ts";
import { parted } from "./url.ts";

/** Fewer characters of a credential are no use to anybody, and too likely to be a word. */
const partLengthMin = 4;

/** What an upstream calls a model could be anything; nearly always it is what we sent. */
export function shownModel(name: string, target: ProbeTarget, secrets: readonly string[]): string {
  return name === target.model && name.length <= servedModelBytesMax
    ? fitting(name, servedModelBytesMax)
    : shown(name, target, secrets, servedModelBytesMax);
}

/** Without the deployment's own credentials, in one line, bounded on a character boundary. */
export function shown(
  text: string,
  target: ProbeTarget,
  more: readonly string[] = [],
  bytesMax: number = textBytesMax,
): string {
  if (text === "") return "";
  const secrets = [...secretsOf(target), ...more];
  const whole = redact(text, secrets).replace(/\s+/g, " ").trim();
  return fitting(withoutBeginning(whole, secrets), bytesMax);
}

/** What must not be shown of a target. Of a header such as `Bearer abc` the credential alone is as secret as the whole. */
export function secretsOf({ apiKey, headers, baseUrl, route, login }: ProbeTarget): string[] {
  const values = Object.values(headers);
  const credentials = values.flatMap((value) => value.split(/\s+/).slice(1));
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(baseUrl)?.[1]?.split(":") ?? [];
  return [
    apiKey ?? "",
    // Snowflake's key says before the slash what it is, and is sent without that.
    apiKey?.startsWith("pat/") ? apiKey.slice("pat/".length) : "",
    ...values,
    ...credentials,
    ...userInfo,
    ...querySecrets(baseUrl),
    ...proxySecrets(route),
    ...(login === null ? [] : secretsOfSource(login.source)),
  ];
}

/** The values of an address's query, as they are written and as they are meant; the version of an API is none. */
function querySecrets(baseUrl: string): string[] {
  const { query } = parted(baseUrl);
  const pairs = query.split("&").filter((pair) => pair !== "" && !pair.startsWith("api-version="));
  return pairs.flatMap((pair) => [
    pair.slice(pair.indexOf("=") + 1),
    ...new URLSearchParams(pair).values(),
  ]);
}

/** As the proxy gets them, as the operator wrote them, and the password alone. */
function proxySecrets({ proxy }: Route): string[] {
  const encoded = proxy?.authorization?.split(" ")[1] ?? "";
  const login = Buffer.from(encoded, "base64").toString("utf8");
  return [encoded, login, login.slice(login.indexOf(":") + 1)];
}

/** A message that was cut in the middle of an echoed credential ends with the credential's beginning. */
function withoutBeginning(text: string, secrets: readonly string[]): string {
  if (!text.endsWith("…")) return text;
  const end = text.slice(0, -1);
  for (const secret of secrets.flatMap((one) => [one, encodeURIComponent(one.toWellFormed())])) {
    for (let length = Math.min(secret.length, end.length); length >= partLengthMin; length -= 1) {
      if (end.endsWith(secret.slice(0, length))) return `${end.slice(0, -length)}…`;
    }
  }
  return text;
}
