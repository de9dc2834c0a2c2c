// What of the registry the fleet has applied. A reload that failed on its way here has left its step out: the next one is then told of all
// that has changed since, and not of the last step only.

import type { DeploymentList } from "../registry/deployment-list.ts";
import type { Registry, RegistryChange } from "../registry/registry.ts";

/** Of one generation; neither part ever changes. */
interface Applied {
  readonly generation: number;
  readonly list: DeploymentList;
  /** By place in the list. */
  readonly slots: readonly number[];
}

export interface AppliedRegistry {
  isCurrent(): boolean;
  /** What has changed since the last settled change; the last step of the registry, where it is that alone. */
  change(lastStep: RegistryChange): {
    readonly change: RegistryChange;
    readonly settle: () => void;
  };
}

export const noChange: RegistryChange = { added: [], removed: [], changed: [] };

export function createApplied(registry: Registry): AppliedRegistry {
  let applied = present();

  function present(): Applied {
    return { generation: registry.generation(), list: registry.list(), slots: registry.slots() };
  }

  function changeTo(next: Applied, lastStep: RegistryChange): RegistryChange {
    const steps = next.generation - applied.generation;
    if (steps === 0) return noChange;
    return steps === 1 && lastStep !== noChange ? lastStep : changeBetween(applied, next);
  }

  return {
    isCurrent: () => applied.generation === registry.generation(),
    change(lastStep) {
      const next = present();
      return {
        change: changeTo(next, lastStep),
        settle() {
          applied = next;
        },
      };
    },
  };
}

function changeBetween(before: Applied, after: Applied): RegistryChange {
  const left = new Map(before.slots.map((slot, place) => [slot, place]));
  const added: number[] = [];
  const changed: number[] = [];
  for (const [place, slot] of after.slots.entries()) {
    const was = left.get(slot);
    if (was === undefined || before.list.keyAt(was) !== after.list.keyAt(place)) {
      added.push(slot);
      continue;
    }
    left.delete(slot);
    if (!before.list.saysSame(was, after.list, place)) changed.push(slot);
  }
  const removed = [...left].map(([slot, place]) => ({ slot, deployment: before.list.at(place) }));
  return { added, removed, changed };
}
