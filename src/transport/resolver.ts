// Names to addresses through c-ares (Bun.dns.lookup), never through the runtime's shared pool: there a dozen names of a dead
// resolver hold up every other name, every database reconnect and every file read for half a minute. Answers are
// kept for their TTL within bounds, a name in flight is asked once, and a name that failed is left alone for a moment.

import { isIP } from "node:net";
import { createPace } from "./pace.ts";

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Resolver {
  /** All addresses of a name, IPv4 first; rejects with an Error whose `code` is ENOTFOUND or the like. */
  resolve(name: string): Promise<readonly Address[]>;
}

export type Lookup = (
  name: string,
) => Promise<readonly { address: string; family: number; ttl?: number }[]>;

const namesMax = 4096;
const ttlMinMs = 1000;
const ttlMaxMs = 300_000;
const failureTtlMs = 2000;
/** c-ares gives up sooner by far; a question that it lost all the same is not waited for for ever. */
const silenceMs = 60_000;
/** Names that are asked for at once, and how long the next ones wait. */
const burst = 64;
const pauseMs = 10;

/** Never asked of anybody (RFC 6761, 6.3); many host files name only one of the two. */
const loopback: readonly Address[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

interface Entry {
  readonly answer: Promise<readonly Address[]>;
  untilMs: number;
}

const lookupWithCares: Lookup = async (name) => await Bun.dns.lookup(name, { backend: "c-ares" });

export function createResolver(
  lookup: Lookup = lookupWithCares,
  nowMs: () => number = () => performance.now(),
): Resolver {
  const entries = new Map<string, Entry>();
  const pace = createPace(burst, pauseMs);

  function ask(name: string): Entry {
    const entry: Entry = { answer: Promise.resolve([]), untilMs: nowMs() + silenceMs };
    const asked = Promise.withResolvers<Awaited<ReturnType<Lookup>>>();
    pace.start(() => void lookup(name).then(asked.resolve, asked.reject));
    const answer = asked.promise
      .then((found) => {
        if (found.length === 0) throw notFound(name);
        const ttlMs = Math.min(...found.map(({ ttl = 0 }) => ttl)) * 1000;
        entry.untilMs = nowMs() + Math.min(ttlMaxMs, Math.max(ttlMinMs, ttlMs));
        return found
          .map(({ address, family }): Address => ({ address, family: family === 6 ? 6 : 4 }))
          .sort((a, b) => a.family - b.family);
      })
      .catch((error: unknown) => {
        entry.untilMs = nowMs() + failureTtlMs;
        throw error;
      });
    // Whoever asked hears of it; nobody else has to.
    answer.catch(() => {});
    const made = Object.assign(entry, { answer });
    // The map is in the order of asking: the name that was asked longest ago makes room.
    entries.delete(name);
    if (entries.size >= namesMax) entries.delete(entries.keys().next().value ?? "");
    entries.set(name, made);
    return made;
  }

  return {
    async resolve(name) {
      if (name === "localhost" || name.endsWith(".localhost")) return loopback;
      const family = isIP(name);
      if (family !== 0) return [{ address: name, family: family === 6 ? 6 : 4 }];
      const known = entries.get(name);
      const entry = known !== undefined && nowMs() < known.untilMs ? known : ask(name);
      return await entry.answer;
    },
  };
}

function notFound(name: string): Error {
  return Object.assign(new Error(`no address for ${name}`), { code: "ENOTFOUND" });
}
