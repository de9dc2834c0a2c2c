// Which thread asks which deployment, and how much of each bound it gets. Pure.
//
// Bounds hold for the whole process although threads share no counter: a lane's limit is divided among the threads
// that have deployments of it. A limit smaller than the number of threads cannot be divided, so all deployments
// of such a lane go to one thread (joined with the other small lanes that they touch). Owners are
// kept from one call to the next where that is possible.

import type { Lanes } from "./deployment.ts";

export interface ShardLimits {
  readonly thread: number;
  readonly provider: number;
  readonly host: number;
  readonly key: number;
}

/** One thread's part of each bound, by lane name. */
export interface ThreadLimits {
  readonly thread: number;
  readonly provider: Readonly<Record<string, number>>;
  readonly host: Readonly<Record<string, number>>;
  readonly key: Readonly<Record<string, number>>;
}

export interface Sharding {
  /** slot -> thread */
  readonly owners: ReadonlyMap<number, number>;
  /** By thread. */
  readonly limits: readonly ThreadLimits[];
}

export interface ShardMember {
  readonly slot: number;
  readonly lanes: Lanes;
}

/** Threads by slot, as far as they are asked for. */
export type Owners = Pick<ReadonlyMap<number, number>, "get">;

const scopes = ["provider", "host", "key"] as const;

/**
 * Divides the members among `threads` threads. `limits.thread` is the bound on all probes in flight.
 * A bound smaller than the number of threads is rounded up to it for `limits.thread` only.
 */
export function shard(
  members: readonly ShardMember[],
  threads: number,
  limits: ShardLimits,
  previous: Owners = new Map(),
): Sharding {
  const owners = new Map<number, number>();
  const load = new Array<number>(threads).fill(0);
  const groups = groupsOf(members, threads, limits);
  for (const group of groups) {
    const thread = ownerOf(group, previous, load, members.length);
    for (const { slot } of group) owners.set(slot, thread);
    load[thread] = (load[thread] ?? 0) + group.length;
  }
  return { owners, limits: divideAll(members, owners, threads, limits, load) };
}

/** Deployments that must stay together, largest group first. */
function groupsOf(
  members: readonly ShardMember[],
  threads: number,
  limits: ShardLimits,
): ShardMember[][] {
  const parents = new Map<string, string>();
  const find = (name: string): string => {
    let root = name;
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) {
      root = up;
    }
    parents.set(name, root);
    return root;
  };
  const small = scopes.filter((scope) => limits[scope] < threads);
  // The usual case, and a large fleet's: nobody has to stay with anybody.
  if (small.length === 0) return members.map((member) => [member]);
  const namesOf = (member: ShardMember) => small.map((scope) => `${scope} ${member.lanes[scope]}`);
  for (const member of members) {
    const [first, ...rest] = namesOf(member);
    if (first === undefined) continue;
    for (const name of rest) parents.set(find(name), find(first));
  }
  const groups = new Map<string, ShardMember[]>();
  for (const member of members) {
    const [first] = namesOf(member);
    const root = first === undefined ? `slot ${member.slot}` : find(first);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [member]);
    else group.push(member);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** The previous owner of most of the group unless that thread is overloaded, else the least loaded. */
function ownerOf(
  group: readonly ShardMember[],
  previous: Owners,
  load: readonly number[],
  total: number,
): number {
  if (load.length === 1) return 0;
  const fair = Math.ceil(total / load.length);
  const votes = new Map<number, number>();
  for (const { slot } of group) {
    const thread = previous.get(slot);
    if (thread !== undefined) votes.set(thread, (votes.get(thread) ?? 0) + 1);
  }
  const [favourite] = [...votes].sort((a, b) => b[1] - a[1]);
  if (favourite !== undefined && (load[favourite[0]] ?? total) < fair * 1.25) return favourite[0];
  return load.indexOf(Math.min(...load));
}

function divideAll(
  members: readonly ShardMember[],
  owners: ReadonlyMap<number, number>,
  threads: number,
  limits: ShardLimits,
  load: readonly number[],
): ThreadLimits[] {
  const inFlight = divide(
    Math.max(limits.thread, threads),
    load.map((count) => Math.max(1, count)),
  );
  const parts = inFlight.map((thread) => ({
    thread,
    provider: {} as Record<string, number>,
    host: {} as Record<string, number>,
    key: {} as Record<string, number>,
  }));
  for (const scope of scopes) {
    const counts = new Map<string, number[]>();
    for (const { slot, lanes } of members) {
      const name = lanes[scope];
      const byThread = counts.get(name) ?? new Array<number>(threads).fill(0);
      const thread = owners.get(slot) ?? 0;
      byThread[thread] = (byThread[thread] ?? 0) + 1;
      counts.set(name, byThread);
    }
    for (const [name, byThread] of counts) {
      divide(limits[scope], byThread).forEach((part, thread) => {
        const limitsOfThread = parts[thread];
        if (part > 0 && limitsOfThread !== undefined) limitsOfThread[scope][name] = part;
      });
    }
  }
  return parts;
}

/**
 * Divides a limit by need (largest remainder method): the parts add up to the limit at most, everybody with a need gets at
 * least 1, and what it needs where the limit has that. All of a wide limit is given out, although nobody needs it: a part of
 * it is what deployments that hang may fill (see schedule/lanes.ts).
 */
export function divide(limit: number, needs: readonly number[]): number[] {
  const total = needs.reduce((sum, need) => sum + need, 0);
  if (total <= limit) return needs.map((need) => Math.floor((limit * need) / Math.max(1, total)));
  const parts = needs.map((need) =>
    need === 0 ? 0 : Math.max(1, Math.floor((limit * need) / total)),
  );
  let over = parts.reduce((sum, part) => sum + part, 0) - limit;
  const byRemainder = needs
    .map((need, index) => ({
      index,
      remainder: (limit * need) / total - Math.floor((limit * need) / total),
    }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) {
    const part = parts[index] as number;
    if (over < 0 && part < (needs[index] as number) && part > 0) {
      parts[index] = part + 1;
      over += 1;
    }
  }
  while (over > 0) {
    const largest = parts.indexOf(Math.max(...parts));
    if ((parts[largest] as number) <= 1) break;
    parts[largest] = (parts[largest] as number) - 1;
    over -= 1;
  }
  return parts;
}
