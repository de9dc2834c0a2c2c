// The names of all keys that may be held back: of the whole fleet's, whoever asks it now. Who takes a key's deployments over later has to
// know of the hold as well.

import type { Registry } from "../registry/registry.ts";
import { holdNameOf } from "../schedule/holds.ts";

/** Whether some deployment that can be asked has this key at this host. */
export function createHoldNames(registry: Registry): (name: string) => boolean {
  let names: ReadonlySet<string> = new Set();
  let generation: number | null = null;

  function namesNow(): Set<string> {
    return new Set(
      registry.slots().flatMap((slot) => {
        const isAskable = (registry.commonAt(slot)?.target ?? null) !== null;
        const lanes = isAskable ? registry.lanesAt(slot) : null;
        return lanes === null ? [] : [holdNameOf(lanes)];
      }),
    );
  }

  return (name) => {
    if (generation !== registry.generation()) {
      generation = registry.generation();
      names = namesNow();
    }
    return names.has(name);
  };
}
