// What this replica tells of the cluster: to metrics, and to people.

import type { Division } from "./division.ts";
import type { Member } from "./membership.ts";
import { keepRowsMs } from "./publishing.ts";
import type { Renewals } from "./renewals.ts";

export interface ClusterState {
  readonly name: string;
  /** This replica. */
  readonly id: string;
  readonly node: string;
  /** Replicas that share nothing have different ones; null before the first fleet. */
  readonly fingerprint: string | null;
  /** Fleets of other replicas under this name, which share nothing with this one, as far as they stay. */
  readonly otherFleets: number;
  /** Redis answers. */
  readonly connected: boolean;
  /** Its lease holds: it has its share. Without, everything is its own. */
  readonly joined: boolean;
  /** Why it does not, or what went wrong last; null when all is well. */
  readonly error: string | null;
  readonly members: readonly {
    readonly id: string;
    readonly node: string;
    /** Deployments that are its own to ask. */
    readonly owned: number;
  }[];
  /** Deployments that this replica asks. */
  readonly owned: number;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly lastRenewalMs: number | null;
  /** How often others came or went. */
  readonly changes: number;
  readonly rows: Readonly<Record<"published" | "received" | "refused" | "stale", number>>;
  readonly orders: Readonly<Record<"sent" | "received" | "refused", number>>;
  /** How long rows stay in Redis that nobody renews. */
  readonly rowsKeptMs: number;
  /** The last row that came from another or went to them. */
  readonly lastRow: { readonly atMs: number; readonly by: string } | null;
}

export interface StateParts {
  readonly options: { readonly name: string; readonly heartbeatMs: number };
  readonly me: Member;
  readonly division: Division;
  readonly renewals: Pick<Renewals, "token" | "lastMs">;
  readonly error: string | null;
  readonly counts: Readonly<Record<"changes" | "published", number>>;
  readonly lastToldMs: number | null;
  readonly leaseMs: number;
  readonly fingerprint: string | null;
  readonly otherFleets: number;
  readonly deployments: number;
  readonly isConnected: boolean;
  readonly rows: Readonly<Record<"received" | "refused" | "stale", number>>;
  readonly orders: ClusterState["orders"];
  readonly lastHeard: ClusterState["lastRow"];
}

export function stateOf(parts: StateParts): ClusterState {
  const { me, division, renewals, counts, deployments, lastToldMs, lastHeard } = parts;
  const mode = division.mode();
  const owned = division.owned();
  const shared = owned.reduce((sum, one) => sum + one, 0);
  const members = division.members().map((member, at) => ({ ...member, owned: owned[at] ?? 0 }));
  const mine = members.find(({ id }) => id === me.id)?.owned ?? 0;
  const total = mode === "all" ? deployments : mode === "none" ? 0 : mine + deployments - shared;
  const lastTold = lastToldMs === null ? null : { atMs: lastToldMs, by: me.id };
  return {
    name: parts.options.name,
    ...me,
    fingerprint: parts.fingerprint,
    otherFleets: parts.otherFleets,
    connected: parts.isConnected,
    joined: renewals.token() !== null,
    error: parts.error,
    members: members.length === 0 ? [{ ...me, owned: total }] : members,
    owned: total,
    heartbeatMs: parts.options.heartbeatMs,
    leaseMs: parts.leaseMs,
    lastRenewalMs: renewals.lastMs() === 0 ? null : renewals.lastMs(),
    changes: counts.changes,
    rows: { published: counts.published, ...parts.rows },
    orders: { ...parts.orders },
    rowsKeptMs: keepRowsMs,
    lastRow:
      lastHeard === null || (lastTold !== null && lastTold.atMs > lastHeard.atMs)
        ? lastTold
        : lastHeard,
  };
}
