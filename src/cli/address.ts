// Which address the service listens on, and whether others than this machine reach it there.

import { BlockList, isIP } from "node:net";
import type { Settings } from "../config/settings.ts";

/** Without a key nobody but this machine may ask, unless a host was given. */
export function hostOf({ host, masterKey }: Pick<Settings, "host" | "masterKey">): string {
  return host ?? (masterKey === null ? "127.0.0.1" : "0.0.0.0");
}

/** What an operator should know who gave a host and no key; null where that is not so. */
export function openWarning(
  { masterKey }: Pick<Settings, "masterKey">,
  host: string,
): string | null {
  if (masterKey !== null || isLoopback(host)) return null;
  return `there is no key: everybody who reaches ${host} is answered, and may ask for probes; set general_settings.master_key or LITELLM_MASTER_KEY`;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Only this machine reaches it. A name that is not known to mean that counts as open. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  const kind = isIP(name);
  if (kind === 0) return name === "localhost";
  return loopback.check(name, kind === 4 ? "ipv4" : "ipv6");
}
