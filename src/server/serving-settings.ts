// What of the settings the routes follow.

import { Secret } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";

const names = [
  "host",
  "masterKey",
  "publicRoutes",
  "requireAuthForMetrics",
  "healthCheckDetails",
  "healthStatusPolicy",
  "modelGroupAlias",
  "staleAfterMs",
  "serviceTimeoutMs",
  "maxRatePerSecond",
  "drainEndpoint",
  "drainToken",
  "callbackKey",
  "callbackBytesMax",
] as const satisfies readonly (keyof Settings)[];

export type ServingSettings = Pick<Settings, (typeof names)[number]>;

/** The same as plain data. It carries the keys: it goes from thread to thread and nowhere else. */
export interface SettingsMessage
  extends Omit<ServingSettings, "masterKey" | "drainToken" | "callbackKey"> {
  readonly callbackKey: string | null;
  readonly masterKey: string | null;
  readonly drainToken: string | null;
}

export function toMessage(settings: ServingSettings): SettingsMessage {
  const picked = Object.fromEntries(names.map((name) => [name, settings[name]]));
  return {
    ...(picked as unknown as ServingSettings),
    masterKey: settings.masterKey?.reveal() ?? null,
    drainToken: settings.drainToken?.reveal() ?? null,
    callbackKey: settings.callbackKey?.reveal() ?? null,
  };
}

export function fromMessage(message: SettingsMessage): ServingSettings {
  const { masterKey, drainToken, callbackKey } = message;
  return {
    ...message,
    masterKey: masterKey === null ? null : new Secret(masterKey),
    drainToken: drainToken === null ? null : new Secret(drainToken),
    callbackKey: callbackKey === null ? null : new Secret(callbackKey),
  };
}
