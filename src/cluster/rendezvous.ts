// Who owns what: rendezvous hashing (Thaler & Ravishankar, "Using name-based mappings to increase hit rates", 1998). Every replica gives every
// member a weight for a deployment, the highest wins, so all who know the same members agree without a word. Who
// joins takes from each his part, who leaves gives to each, and nothing moves between those that stay. Pure.

/** Two hashes of a name. */
export interface Hashes {
  readonly first: number;
  readonly second: number;
}

export function hashesOf(name: string): Hashes {
  return { first: Bun.hash.xxHash32(name) | 0, second: Bun.hash.xxHash32(name, 1) | 0 };
}

/** Index of the member with the highest weight for what has these hashes; -1 where there is no member. */
export function ownerOf(members: readonly Hashes[], first: number, second: number): number {
  let owner = -1;
  let highest = -1;
  for (let index = 0; index < members.length; index += 1) {
    const weight = weightOf(members[index] as Hashes, first, second);
    // Of equal weights the first counts: members come in one order everywhere.
    if (weight <= highest) continue;
    highest = weight;
    owner = index;
  }
  return owner;
}

/** Two rounds of a mixer, so that hashes that are alike in some bits have nothing to do with each other. */
function weightOf(member: Hashes, first: number, second: number): number {
  return mix(mix(member.first ^ first) ^ member.second ^ second) >>> 0;
}

/** The finaliser of MurmurHash3: each bit of the input moves each bit of the result half of the time. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
