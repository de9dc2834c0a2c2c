// The resolver as sockets of the runtime take one (`lookup` in the options of node:net and node:dgram): for libraries that dial by
// themselves, which would ask the runtime's shared pool.

import type { SocketOptions } from "node:dgram";
import type { LookupFunction } from "node:net";
import type { Address, Resolver } from "./resolver.ts";

export type DatagramLookup = NonNullable<SocketOptions["lookup"]>;

export function streamLookup(resolver: Resolver): LookupFunction {
  return (name, options, done) => {
    find(resolver, name, familyOf(options.family)).then(
      ([first, ...others]) => {
        if (options.all === true) done(null, [first, ...others]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, ""),
    );
  };
}

/** Sockets for datagrams are of one family, and give it as a number instead of options. */
export function datagramLookup(resolver: Resolver, family: 4 | 6): DatagramLookup {
  return (name, _options, done) => {
    find(resolver, name, family).then(
      ([first]) => done(null, first.address, first.family),
      (error: Error) => done(error, "", family),
    );
  };
}

/** One address at least; `family` 0 is any. */
async function find(
  resolver: Resolver,
  name: string,
  family: number,
): Promise<[Address, ...Address[]]> {
  const all = await resolver.resolve(name).catch((error: unknown) => {
    throw notFound(`the host name ${name} does not resolve`, error);
  });
  const [first, ...others] = all.filter((one) => family === 0 || one.family === family);
  if (first === undefined) throw notFound(`the host name ${name} has no IPv${family} address`);
  return [first, ...others];
}

/** By the code that libraries know, and try again on; c-ares has its own. */
function notFound(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: "ENOTFOUND" });
}

function familyOf(family: number | "IPv4" | "IPv6" | undefined): number {
  if (family === "IPv4") return 4;
  return family === "IPv6" ? 6 : (family ?? 0);
}
