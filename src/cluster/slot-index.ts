// Which slot a deployment's key has, and which fleet it is of. What is kept of each are two hashes and a place in a table of slots: 16 to 24 bytes, where
// 100,000 texts would be a hundred times as much. Who finds a slot asks the registry whether it is the key's.
//
// The fingerprint is of the keys and of what decides who is asked, what and how often, in whatever order: replicas that read different
// configurations have different ones and divide nothing among them. Nothing that is a secret, or one machine's own, is in it: replicas with
// one configuration have one fingerprint, and it may be shown.

import type { Deployment } from "../registry/deployment.ts";
import type { Asked, DeploymentList } from "../registry/deployment-list.ts";
import { identityOf, labelOf, type Registry } from "../registry/registry.ts";
import { rowVersion } from "../table/layout.ts";
import { protocolVersion } from "./keys.ts";
import { inSlices } from "./slices.ts";

export type FollowedFleet = Pick<Registry, "list" | "slots" | "placeOf" | "slotCount">;

export interface SlotIndex {
  readonly fingerprint: string;
  /** Slots of the fleet that can be shared. */
  readonly slots: Int32Array;
  /** By slot: two hashes of its key; 0 where there is none, or one that is never shared. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** The slot of a key; -1 when nobody has it. */
  find(key: string): number;
}

const nobody = -1;
const roomMin = 16;
/** What goes over the wire with two bytes for its length, and with room to spare. */
const keyLengthMax = 8192;

/** Null when `isWanted` said no in between. Begins anew when the fleet has become another one. */
export async function indexSlots(
  fleet: FollowedFleet,
  isWanted: () => boolean,
): Promise<SlotIndex | null> {
  let index: SlotIndex | null = null;
  while (index === null && isWanted()) {
    const list = fleet.list();
    index = await indexOf(fleet, list, () => fleet.list() === list && isWanted());
  }
  return index;
}

async function indexOf(
  fleet: FollowedFleet,
  list: DeploymentList,
  isWanted: () => boolean,
): Promise<SlotIndex | null> {
  const order = fleet.slots();
  const first = new Int32Array(fleet.slotCount());
  const second = new Int32Array(fleet.slotCount());
  const shared = new Int32Array(order.length);
  let sharedCount = 0;
  let room = roomMin;
  while (room < 2 * order.length) room *= 2;
  const table = new Int32Array(room).fill(nobody);
  const sum = createFingerprint(list);

  const done = await inSlices(
    order.length,
    (index) => {
      const slot = order[index] as number;
      const place = fleet.placeOf(slot);
      if (place === null) return;
      const shown = list.shownAt(place);
      sum.add(place, shown.key);
      if (!isShareable(shown.key)) return;
      first[slot] = identityOf(shown.key);
      second[slot] = labelOf(shown).keyHash;
      let at = (first[slot] as number) & (room - 1);
      while (table[at] !== nobody) at = (at + 1) & (room - 1);
      table[at] = slot;
      shared[sharedCount] = slot;
      sharedCount += 1;
    },
    isWanted,
  );
  if (!done) return null;

  return {
    fingerprint: sum.text(),
    slots: shared.subarray(0, sharedCount),
    first,
    second,
    find(key) {
      const identity = identityOf(key);
      let at = identity & (room - 1);
      for (let slot = table[at] as number; slot !== nobody; slot = table[at] as number) {
        if (first[slot] === identity) {
          const place = fleet.placeOf(slot);
          if (place !== null && fleet.list().keyAt(place) === key) return slot;
        }
        at = (at + 1) & (room - 1);
      }
      return nobody;
    },
  };
}

/** Others are everybody's own: a text that UTF-8 cannot carry would come back as another. */
function isShareable(key: string): boolean {
  return key.length <= keyLengthMax && key.isWellFormed();
}

/** Adding makes it independent of the order; 64 bits of sums, told as 12 digits. */
function createFingerprint(list: DeploymentList) {
  const commonTexts = new Map<object, string>();
  let count = 0;
  let low = 0;
  let high = 0;

  function commonTextAt(place: number): string {
    const common = list.commonAt(place);
    const known = commonTexts.get(common);
    if (known !== undefined) return known;
    const text = commonTextOf(common);
    commonTexts.set(common, text);
    return text;
  }

  return {
    add(place: number, key: string): void {
      const [model, baseUrl] = JSON.parse(list.askedTextAt(place)) as Asked;
      const text = JSON.stringify([commonTextAt(place), key, model, addressOf(baseUrl)]);
      count += 1;
      low = (low + Bun.hash.xxHash32(text)) | 0;
      high = (high + Bun.hash.xxHash32(text, 1)) | 0;
    },
    text(): string {
      const hash = new Bun.CryptoHasher("sha256");
      const versions = `${protocolVersion} ${rowVersion}`;
      return hash.update(`fleet ${versions} ${count} ${low} ${high}`).digest("hex").slice(0, 12);
    },
  };
}

/** Field by field: the order in which a configuration names them is nobody's difference. */
function commonTextOf({
  provider,
  mode,
  target,
  skipped,
  intervalMs,
  ...rest
}: Deployment): string {
  const { plan, deadlines } = rest;
  return JSON.stringify([
    ...[provider, mode, skipped === null, intervalMs],
    target === null ? null : [target.family, target.provider, target.mode, target.rung],
    [plan.rung, plan.hasFree, plan.paidIntervalMs, plan.tokensPerDay, plan.usdPerDay],
    [deadlines.connectMs, deadlines.firstByteMs, deadlines.totalMs],
  ]);
}

/** Without what may be a credential: user, password and query. */
function addressOf(baseUrl: string): string {
  return baseUrl.replace(/[?#].*$/s, "").replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}
