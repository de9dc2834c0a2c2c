// The deployments of a thread: what is kept of each besides its row, and the probes of those that were let go of.

import type { ProbeTarget } from "../registry/deployment.ts";
import { type Definition, Definitions, type KeptDefinition, pack } from "./definition.ts";
import type { Wanted } from "./rung-choice.ts";
import { Unfinished } from "./unfinished.ts";

export interface KeptDeployment extends KeptDefinition {
  readonly slot: number;
  gridMs: number;
  /** What `gridMs` was before the plan that stands was made. */
  gridBeforeMs: number;
  /** Its last probe may have taken a whole deadline (see lanes.ts). */
  suspect: boolean;
  /** What somebody asked for by hand: it comes next, and no hold keeps it back. */
  wanted: Wanted | null;
  busy: Promise<void> | null;
  released: boolean;
}

export class KeptDeployments {
  readonly #bySlot = new Map<number, KeptDeployment>();
  readonly #definitions = new Definitions();
  readonly #unfinished = new Unfinished();

  at(slot: number): KeptDeployment | undefined {
    return this.#bySlot.get(slot);
  }

  add(slot: number, shared: string, own: string): KeptDeployment {
    const before = this.#bySlot.get(slot);
    if (before !== undefined) this.letGo(before);
    const entry: KeptDeployment = {
      shared: this.#definitions.share(shared),
      own,
      known: null,
      slot,
      gridMs: 0,
      gridBeforeMs: 0,
      suspect: false,
      wanted: null,
      busy: null,
      released: false,
    };
    this.#bySlot.set(slot, entry);
    return entry;
  }

  definitionOf(entry: KeptDeployment): Definition {
    return this.#definitions.of(entry);
  }

  /** Asks it like this from now on. */
  adapt(entry: KeptDeployment, target: ProbeTarget): void {
    const { shared, own } = pack({ ...this.#definitions.of(entry), target });
    const part = this.#definitions.share(shared);
    this.#definitions.forget(entry);
    entry.shared = part;
    entry.own = own;
  }

  /** The end of a probe of an earlier owner of the slot that asks the same, or null. */
  unfinishedOf(entry: KeptDeployment): Promise<void> | null {
    return this.#unfinished.endOf(entry.slot, entry.own);
  }

  /** Forgets a deployment; resolves with the end of the probe that it has in flight, if any. */
  letGo(entry: KeptDeployment): Promise<void> | null {
    entry.released = true;
    this.#bySlot.delete(entry.slot);
    if (entry.busy !== null) this.#unfinished.add(entry.slot, entry.own, entry.busy);
    this.#definitions.forget(entry);
    return entry.busy;
  }

  all(): Iterable<KeptDeployment> {
    return this.#bySlot.values();
  }

  /** Probes that wait for a bound or are in flight. */
  busy(): Promise<void>[] {
    return [...this.#bySlot.values()].flatMap(({ busy }) => (busy === null ? [] : [busy]));
  }
}
