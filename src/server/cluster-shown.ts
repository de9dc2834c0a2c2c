// What is shown of the replicas that divide the fleet among them.

/**
 * The replicas that divide the fleet among them, as this one sees it. `off_without_redis`: it is asked for, and there is no Redis to do it
 * over.
 */
export type ClusterShown = "off_without_redis" | ClusterView;

export interface ClusterView {
  readonly name: string;
  /** This replica. */
  readonly id: string;
  readonly node: string;
  /** Replicas that divide no fleet among them have different ones; null before the first fleet. */
  readonly fingerprint: string | null;
  /** Fleets of other configurations under the same name. */
  readonly otherFleets: number;
  /** Redis answers. */
  readonly connected: boolean;
  /** Its lease holds: it has its share. Without, everything is its own. */
  readonly joined: boolean;
  /** Why not; null when all is well. */
  readonly error: string | null;
  readonly members: readonly {
    readonly id: string;
    readonly node: string;
    /** Deployments that are its own to ask. */
    readonly owned: number;
  }[];
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly lastRenewalMs: number | null;
  /** How long rows stay in Redis that nobody renews. */
  readonly rowsKeptMs: number;
  /** The last row that came from a peer or went to them; null before the first. */
  readonly lastRow: { readonly atMs: number; readonly by: string } | null;
}
