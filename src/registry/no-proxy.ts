// NO_PROXY: what is asked directly although there is a proxy. Entries are separated by commas or spaces:
//
//   *                    everything
//   example.com          the host and all below it; `.example.com` and `*.example.com` mean the same
//   example.com:8443     the same at this port only, as also for addresses: 10.0.0.1:8443, [fd00::1]:8443
//   10.0.0.1, fd00::1    an address; 10.0.0.0/8 and fd00::/8 all addresses of a network
//
// Addresses are compared with addresses: a name is not resolved to find out whether it is in a network. Entries of another
// shape, such as Windows' `<local>`, match nothing.

import { BlockList, isIP } from "node:net";

/** True for what is asked directly. `hostname` as a URL has it, in lower case, without brackets. */
export type NoProxy = (hostname: string, port: number) => boolean;

export function readNoProxy(text: string): NoProxy {
  const names = new Set<string>();
  const addresses = new Map<string, BlockList>();
  for (const entry of text.toLowerCase().split(/[\s,]+/)) {
    if (entry === "*") return () => true;
    const { host, port } = hostAndPort(entry);
    if (addAddress(listOf(addresses, port), host)) continue;
    const name = host.replace(/^\*?\./, "").replace(/\.$/, "");
    if (/^[\w.-]+$/.test(name)) names.add(port === "" ? name : `${name}:${port}`);
  }
  return (hostname, port) => {
    const version = isIP(hostname);
    if (version !== 0) {
      const family = version === 6 ? "ipv6" : "ipv4";
      return ["", String(port)].some((at) => addresses.get(at)?.check(hostname, family) ?? false);
    }
    return namesAbove(hostname.replace(/\.$/, "")).some(
      (name) => names.has(name) || names.has(`${name}:${port}`),
    );
  };
}

/** The entry in its parts; of an IPv6 address only one in brackets can have a port. */
function hostAndPort(entry: string): { host: string; port: string } {
  const found = /^(?:\[([^\]]*)\]|([^:]*))(?::0*(\d{1,5}))?$/.exec(entry);
  if (found === null) return { host: entry, port: "" };
  const [, bracketed, bare, port] = found;
  return { host: bracketed ?? bare ?? "", port: port ?? "" };
}

/** The addresses of this port; those of no port are for all. */
function listOf(addresses: Map<string, BlockList>, port: string): BlockList {
  const found = addresses.get(port);
  if (found !== undefined) return found;
  const list = new BlockList();
  addresses.set(port, list);
  return list;
}

function addAddress(list: BlockList, host: string): boolean {
  const [address = "", prefix, ...rest] = host.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  const family = version === 6 ? "ipv6" : "ipv4";
  if (prefix === undefined) {
    list.addAddress(address, family);
    return true;
  }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= (version === 6 ? 128 : 32))) return false;
  list.addSubnet(address, bits, family);
  return true;
}

/** `a.b.c`, `b.c`, `c`. */
function namesAbove(hostname: string): string[] {
  const labels = hostname.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}
