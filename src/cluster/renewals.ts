// Keeps this replica's lease: renewed every half heartbeat, and at once when somebody comes or goes. How long it holds is counted here from
// before the renewal was sent, by a clock that nobody sets, so it ends here before it ends in Redis: when others take over, this one knows.

import type { Clock, Timers } from "../clock.ts";
import { type Lease, type Member, type Renewal, renewLease } from "./membership.ts";
import type { Session } from "./redis-link.ts";

/** Of a heartbeat: how long a lease lasts, and how often it is renewed. A lost replica is seen within two. */
const leaseShare = 1.5;
const renewShare = 0.5;
/** Words of others make nobody renew more often. */
const soonShare = 0.05;
const soonMaxMs = 100;

export const leaseMsOf = (heartbeatMs: number) => Math.ceil(leaseShare * heartbeatMs);

export interface Renewed extends Renewal {
  /** From the question to the answer. */
  readonly tookMs: number;
}

export interface RenewalsOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly heartbeatMs: number;
  readonly me: Member;
  /** Whether the lease is to be renewed: else it ends by itself. */
  readonly isFit: () => boolean;
  readonly onRenewed: (renewed: Renewed) => void;
  /** The lease has ended. */
  readonly onLost: () => void;
  readonly onFailed: (error: unknown) => void;
}

export interface Renewals {
  /** Begins with a renewal at once. */
  begin(session: Session, keys: Lease["keys"]): void;
  /** Somebody came or went. */
  soon(): void;
  /** Pauses; the lease goes on until it ends. */
  pause(): void;
  /** The lease is over, here. */
  forget(): void;
  /** Joins anew: somebody said that the lease is not there. */
  rejoin(): void;
  /** Of the lease that is held; null when none is. */
  token(): string | null;
  /** Wall time; 0 for never. */
  lastMs(): number;
}

export function keepRenewing(options: RenewalsOptions): Renewals {
  const { clock, timers, heartbeatMs, me } = options;
  const leaseMs = leaseMsOf(heartbeatMs);
  const renewMs = renewShare * heartbeatMs;
  let line: { readonly session: Session; readonly keys: Lease["keys"] } | null = null;
  let token: string | null = null;
  let endMs = 0;
  let sentMs = Number.NEGATIVE_INFINITY;
  let lastMs = 0;
  let isAsking = false;
  let isWanted = false;
  let next: unknown = null;
  let end: unknown = null;

  function plan(delayMs: number): void {
    timers.clear(next);
    next = timers.set(() => void renew(), Math.max(0, delayMs));
  }

  async function renew(): Promise<void> {
    timers.clear(next);
    const used = line;
    if (used === null) return;
    isWanted = isAsking;
    if (isAsking) return;
    if (!options.isFit()) {
      plan(renewMs);
      return;
    }
    isAsking = true;
    sentMs = clock.monotonicMs();
    const renewal = renewLease(used.session, { ...used, me, leaseMs }, token);
    try {
      const [answer] = await Promise.all([renewal, used.session.ping()]);
      isAsking = false;
      // Another fleet's by now, or of connections that are gone.
      if (line !== used) return void renew();
      take(answer);
      plan(isWanted ? soonMs() : sentMs + renewMs - clock.monotonicMs());
    } catch (error) {
      isAsking = false;
      if (line === used) options.onFailed(error);
      else void renew();
    }
  }

  function take(answer: Renewal): void {
    const nowMs = clock.monotonicMs();
    token = answer.token;
    endMs = sentMs + leaseMs;
    lastMs = clock.wallMs();
    timers.clear(end);
    end = timers.set(expire, endMs - nowMs);
    options.onRenewed({ ...answer, tookMs: nowMs - sentMs });
  }

  /** A timer may come a moment early. */
  function expire(): void {
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs > 0) {
      end = timers.set(expire, leftMs);
      return;
    }
    token = null;
    options.onLost();
  }

  function soonMs(): number {
    return sentMs + Math.min(soonMaxMs, soonShare * heartbeatMs) - clock.monotonicMs();
  }

  return {
    begin(session, keys) {
      line = { session, keys };
      void renew();
    },
    soon() {
      if (isAsking) isWanted = true;
      else plan(soonMs());
    },
    pause() {
      line = null;
      timers.clear(next);
    },
    forget() {
      line = null;
      token = null;
      timers.clear(next);
      timers.clear(end);
    },
    rejoin() {
      token = null;
      if (line !== null) plan(soonMs());
    },
    token: () => token,
    lastMs: () => lastMs,
  };
}
