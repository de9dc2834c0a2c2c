// What stands where in Redis. All of a fleet's keys have one hash tag, so they are in one slot of a Redis Cluster and a
// script may touch them together. Two fleets, or two versions of one, share nothing but the list of fleets under one name, from which
// replicas learn that there are others. Channels are no database's, so they have its number in their names.

/** What is written, said and computed by the files of this room; another version of it is another fleet. Higher with every change of those. */
export const protocolVersion = 2;
/** Rows in one hash: some 1,000, so that none is large enough to hold up Redis when it expires. */
const rowsEach = 1024;

export interface Keys {
  readonly fingerprint: string;
  /** Sorted set: fingerprints of the fleets under this name by when they are over; it is by itself in its slot. */
  readonly fleets: string;
  /** Sorted set: ids of members by the end of their lease (Redis' clock, milliseconds). */
  readonly members: string;
  /** Hash: of each member its fencing token, its lease's length and its node, by id. */
  readonly facts: string;
  /** The last fencing token that was given. */
  readonly tokens: string;
  /** Hashes: rows by the deployment's key. */
  readonly rows: readonly string[];
  /** Channels: rows as they change; what is for all members; what is for one of them. */
  readonly changes: string;
  readonly all: string;
  inboxOf(id: string): string;
}

export function keysOf(
  cluster: string,
  fingerprint: string,
  deployments: number,
  database = 0,
): Keys {
  // Braces of a name would end the tag, or make it empty.
  const name = encodeURIComponent(cluster.toWellFormed());
  const base = `fleetpulse:{${name}:${fingerprint}}:`;
  const channels = `${base}${database}:`;
  let parts = 1;
  while (parts * rowsEach < deployments) parts *= 2;
  return {
    fingerprint,
    fleets: `fleetpulse:{${name}}:fleets`,
    members: `${base}members`,
    facts: `${base}facts`,
    tokens: `${base}tokens`,
    rows: Array.from({ length: parts }, (_, part) => `${base}rows:${part}`),
    changes: `${channels}changes`,
    all: `${channels}all`,
    inboxOf: (id) => `${channels}to:${id}`,
  };
}

/** The hash that has the row of what has this identity. */
export function rowsKeyOf({ rows }: Keys, identity: number): string {
  return rows[identity & (rows.length - 1)] as string;
}
