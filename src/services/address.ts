// Drivers resolve names with blocking getaddrinfo on the runtime's small shared pool, where a dead resolver holds up
// everything else. So the name is resolved here, with c-ares, and the driver gets the address.

import { isIP } from "node:net";

/** The host's address; hosts that are addresses or sockets stay as they are. Rejects when it does not resolve. */
export async function addressOf(host: string): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0 || bare.startsWith("/") || bare === "") return bare;
  const found = await Bun.dns.lookup(bare, { backend: "c-ares" });
  const [first] = [...found].sort((a, b) => a.family - b.family);
  if (first === undefined) throw new Error(`the host name ${bare} does not resolve`);
  return first.address;
}
