// A configuration on its way from the thread that read it: plain data, with marks where secrets are. It carries them: it goes from thread
// to thread and nowhere else.

import type { Config } from "./config.ts";
import { Secret } from "./secret.ts";
import type { Settings } from "./settings.ts";

/** The entries stay behind: what is made of them travels by itself. */
export interface ConfigMessage extends Omit<Config, "entries" | "settings"> {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the settings that are secrets. */
  readonly secret: readonly string[];
}

export function messageOfConfig({ entries: _, settings, ...rest }: Config): ConfigMessage {
  const plain: Record<string, unknown> = {};
  const secret: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    plain[name] = value instanceof Secret ? value.reveal() : value;
    if (value instanceof Secret) secret.push(name);
  }
  return { ...rest, settings: plain, secret };
}

export function configOfMessage({ settings, secret, ...rest }: ConfigMessage): Config {
  const whole = { ...settings };
  for (const name of secret) whole[name] = new Secret(String(settings[name]));
  return { ...rest, entries: [], settings: whole as unknown as Settings };
}
