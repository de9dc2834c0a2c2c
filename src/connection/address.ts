// Drivers resolve names with blocking getaddrinfo on the runtime's small shared pool, where a dead resolver holds up
// everything else. So a name is resolved here, with c-ares, and the driver gets an address. A name with several
// addresses (localhost, a failover pair) is tried address by address: the next one after every failure.

import type { Resolver } from "../transport/resolver.ts";
import { bareHost } from "./connection-url.ts";

export interface Addresses {
  /** The address to dial now, without brackets. Rejects when the name does not resolve. */
  current(): Promise<string>;
  /** The current one failed: the next answer is another, where there is another. */
  turn(): void;
}

/** `host` is a name or an address, with or without the brackets of a URL. */
export function addressesOf(host: string, resolver: Resolver): Addresses {
  const name = bareHost(host);
  let turns = 0;
  return {
    async current() {
      const found = await resolver.resolve(name).catch((error: unknown) => {
        throw new Error(`the host name ${name} does not resolve`, { cause: error });
      });
      const address = found[turns % found.length]?.address;
      if (address === undefined) throw new Error(`the host name ${name} does not resolve`);
      return address;
    },
    turn() {
      turns += 1;
    },
  };
}
