// What the owners of slots are told to do besides their schedule: to ask now, to hear of real requests, to leave a key alone. What is
// another replica's is passed on, and what another replica passes on goes no further.

import type { Clock } from "../clock.ts";
import { type HoldLeft, Holds } from "../schedule/holds.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import { clockSkewMaxMs } from "../table/plausible-row.ts";
import type { Ownership } from "./ownership.ts";
import type { ProberThread } from "./prober-thread.ts";

/** What one replica has others do; a slot is the same deployment's only within a process. */
export type ForeignOrder =
  | { readonly type: "probe"; readonly slots: readonly number[]; readonly wanted: Wanted }
  | { readonly type: "passive"; readonly outcomes: readonly PassiveOutcome[] }
  | ({ readonly type: "hold" } & HoldLeft);

export interface OrdersOptions {
  readonly clock: Clock;
  readonly ownership: Ownership;
  readonly threads: () => readonly Pick<ProberThread, "thread" | "send">[];
  /** Some deployment of the fleet has this key, whoever asks it (see hold-names.ts). */
  readonly hasKey: (name: string) => boolean;
  /** For slots that another replica asks; and every hold that a thread here reports. */
  readonly onForeign: (order: ForeignOrder) => void;
}

export interface Orders {
  probe(slots: readonly number[], wanted: Wanted): void;
  passive(outcomes: readonly PassiveOutcome[]): void;
  /** A thread was asked to leave a key alone: the others do as well, also those that are still to come. */
  held(thread: number, hold: HoldLeft): void;
  /** What is left of all holds. */
  holds(): HoldLeft[];
  /** An order of another replica. What is not ours is left undone; false when nothing is. */
  obey(order: ForeignOrder): boolean;
}

export function createOrders(options: OrdersOptions): Orders {
  const { clock, ownership, threads, hasKey, onForeign } = options;
  const holds = new Holds();

  function probe(slots: readonly number[], wanted: Wanted): readonly number[] {
    const byOwner = Map.groupBy(slots, ownership.ownerOf);
    for (const [owner, owned] of byOwner) {
      threads()[owner]?.send({ type: "probe", slots: owned, wanted });
    }
    return byOwner.get(-1) ?? [];
  }

  function passive(outcomes: readonly PassiveOutcome[]): readonly PassiveOutcome[] {
    const byOwner = Map.groupBy(outcomes, ({ slot }) => ownership.ownerOf(slot));
    for (const [owner, told] of byOwner) {
      threads()[owner]?.send({ type: "passive", outcomes: told });
    }
    return byOwner.get(-1) ?? [];
  }

  function hold(from: number | null, { name, forMs }: HoldLeft): void {
    const nowMs = clock.monotonicMs();
    holds.hold(name, nowMs + forMs, nowMs);
    for (const other of threads()) {
      if (other.thread !== from) other.send({ type: "hold", name, forMs });
    }
  }

  return {
    probe(slots, wanted) {
      const foreign = probe(slots, wanted).filter(ownership.isForeign);
      if (foreign.length > 0) onForeign({ type: "probe", slots: foreign, wanted });
    },
    passive(outcomes) {
      const foreign = passive(outcomes).filter(({ slot }) => ownership.isForeign(slot));
      if (foreign.length > 0) onForeign({ type: "passive", outcomes: foreign });
    },
    held(thread, { name, forMs }) {
      hold(thread, { name, forMs });
      onForeign({ type: "hold", name, forMs });
    },
    holds: () => holds.left(clock.monotonicMs()),
    obey(order) {
      switch (order.type) {
        case "probe":
          return probe(order.slots, order.wanted).length < order.slots.length;
        case "passive": {
          const latestMs = clock.wallMs() + clockSkewMaxMs;
          const told = order.outcomes.filter(({ atMs }) => atMs <= latestMs);
          return passive(told).length < told.length;
        }
        case "hold":
          // Names that nobody has would fill the memory.
          if (!(order.forMs > 0) || !hasKey(order.name)) return false;
          hold(null, order);
          return true;
        default:
          return order satisfies never;
      }
    },
  };
}
