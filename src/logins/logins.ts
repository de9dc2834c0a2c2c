// Credentials by login: fetched once however many wait, kept until shortly before they end; and failures for some seconds. The same
// keeper stands in the main thread, where `fetch` is the exchange, and in each prober thread, where `fetch` asks the main one.

import type { Clock } from "../clock.ts";
import type { Login } from "../registry/login/login.ts";
import type { Denied, Granted, Issued } from "./credential.ts";

export interface Logins {
  /** What is known, without waiting where it is. `refused` is the serial of a credential that a provider refused. */
  issue(login: Login, refused?: string | null): Promise<Issued>;
  result(login: Login): Promise<Granted | Denied>;
  /** A provider refused this credential: the next one who asks has it fetched anew. */
  refuse(login: Login, serial: string): void;
}

interface KeptCredential {
  readonly issued: Issued;
  readonly sinceMs: number;
  readonly untilMs: number;
  refused: string | null;
}

/** Logins that are kept. */
const keptMax = 4096;
/** A credential that is refused although it is this young would be refused again. */
const refusedAfterMs = 30_000;

type Fetch = (login: Login, refused: string | null) => Promise<Issued>;

export function createLogins(fetch: Fetch, clock: Clock): Logins {
  const kept = new Map<string, KeptCredential>();
  const waiting = new Map<string, Promise<Issued>>();

  function known(id: string, refused: string | null): Issued | null {
    const one = kept.get(id);
    if (one === undefined) return null;
    const nowMs = clock.monotonicMs();
    if (nowMs >= one.untilMs) return null;
    const { result } = one.issued;
    const isRefused = result.kind === "granted" && result.serial === (refused ?? one.refused);
    if (isRefused && nowMs - one.sinceMs >= refusedAfterMs) return null;
    return { result, freshMs: one.untilMs - nowMs };
  }

  async function fetched(login: Login, refused: string | null): Promise<Issued> {
    const issued = await fetch(login, refused);
    const sinceMs = clock.monotonicMs();
    kept.delete(login.id);
    if (kept.size >= keptMax) {
      for (const oldest of [...kept.keys()].slice(0, keptMax / 4)) kept.delete(oldest);
    }
    kept.set(login.id, { issued, sinceMs, untilMs: sinceMs + issued.freshMs, refused: null });
    return issued;
  }

  function issue(login: Login, refused: string | null = null): Promise<Issued> {
    const before = known(login.id, refused);
    if (before !== null) return Promise.resolve(before);
    const under = waiting.get(login.id);
    if (under !== undefined) return under;
    const serial = refused ?? kept.get(login.id)?.refused ?? null;
    const asked = fetched(login, serial).finally(() => waiting.delete(login.id));
    waiting.set(login.id, asked);
    return asked;
  }

  return {
    issue,
    async result(login) {
      const { source } = login;
      if (source.kind !== "aws_keys") return (await issue(login)).result;
      // Nobody needs to be asked.
      const { accessKeyId, secretAccessKey, sessionToken } = source;
      const credential = { kind: "aws", accessKeyId, secretAccessKey, sessionToken } as const;
      return { kind: "granted", credential, serial: "", options: {} };
    },
    refuse(login, serial) {
      const one = kept.get(login.id);
      if (one !== undefined) one.refused = serial;
    },
  };
}
