// An IP address as four words of 32 bits, as the table keeps it: IPv6, and IPv4 mapped into it (RFC 4291, 2.5.5.2). No address is
// four zeros.

import { isIP } from "node:net";

export type AddressWords = readonly [number, number, number, number];

const none: AddressWords = [0, 0, 0, 0];
const mapped = 0xffff;
/** A fleet talks to the same addresses again and again. */
const known = new Map<string, AddressWords>();
const knownMax = 4096;

/** `none` for a text that is no address. */
export function wordsOfAddress(address: string | null): AddressWords {
  if (address === null) return none;
  const before = known.get(address);
  if (before !== undefined) return before;
  const words = parse(address) ?? none;
  if (known.size >= knownMax) known.clear();
  known.set(address, words);
  return words;
}

export function addressOfWords([a, b, c, d]: AddressWords): string | null {
  if (a === 0 && b === 0 && c === 0 && d === 0) return null;
  if (a === 0 && b === 0 && c === mapped) return bytesOf(d).join(".");
  const groups = [a, b, c, d].flatMap((word) => [word >>> 16, word & mapped]);
  // The URL's own rules shorten it.
  const host = new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]`).hostname;
  return host.slice(1, -1);
}

function parse(address: string): AddressWords | null {
  const [zoneless = ""] = address.split("%");
  const family = isIP(zoneless);
  if (family === 4) return [0, 0, mapped, wordOfIpv4(zoneless)];
  if (family !== 6) return null;
  const bare = zoneless.replace(/[\d.]+$/, (end) => (end.includes(".") ? hexOf(end) : end));
  const [head = "", tail] = bare.split("::");
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const gap = new Array<number>(8 - before.length - after.length).fill(0);
  const groups = [...before, ...gap, ...after];
  const word = (at: number) => (((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

function wordOfIpv4(ipv4: string): number {
  return Buffer.from(ipv4.split(".").map(Number)).readUInt32BE();
}

/** IPv4 at the end of IPv6, as two groups. */
function hexOf(ipv4: string): string {
  const word = wordOfIpv4(ipv4);
  return `${(word >>> 16).toString(16)}:${(word & mapped).toString(16)}`;
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function bytesOf(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
}
