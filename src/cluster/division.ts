// What is ours: everything, nothing yet, or our share. Everything, before anybody has answered and when the lease is lost: better asked twice
// than by nobody. Nothing, for one that has just joined others, until they have had a renewal to see it and let go of what is its own.

import type { Clock, Timers } from "../clock.ts";
import type { Member } from "./membership.ts";
import { type Hashes, hashesOf, ownerOf } from "./rendezvous.ts";
import { inSlices } from "./slices.ts";
import type { SlotIndex } from "./slot-index.ts";

export interface DivisionOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly me: Member;
  readonly onShare: () => void;
  /** What one that begins has to know of these before it takes them; whoever waits for it does so for a bound. */
  readonly prepare: (isOurs: (slot: number) => boolean) => Promise<void>;
}

export interface Division {
  isOurs(slot: number): boolean;
  /** The member that asks it; null when it is everybody's, or nobody knows yet. */
  ownerOf(slot: number): Member | null;
  /** By member. */
  owned(): readonly number[];
  members(): readonly Member[];
  /** Those among whom it was last asked to be divided: it takes a moment. */
  latest(): readonly Member[];
  /** Takes a share of it when the others have had so long. */
  settle(index: SlotIndex, members: readonly Member[], afterMs: number, prepareMs: number): void;
  /** Divides anew at once, unless a share is still to be taken. */
  divide(index: SlotIndex, members: readonly Member[]): void;
  /** Everything is ours, or nothing yet. */
  whole(isOurs: boolean): void;
  mode(): Mode;
  /** Nothing changes any more. */
  stop(): void;
  /** Where this one stands among those who ask everything since nobody divides it: in [0, 1), 0 where they were never told apart. */
  shift(): number;
}

/** `all` or `none` until a share has been taken. */
export type Mode = "all" | "none" | "share";

/** By slot: the index of its owner, or that it is everybody's own. */
const everybody = 0xffff;

interface Share {
  readonly owners: Uint16Array;
  readonly counts: readonly number[];
  /** Those among whom it was divided: others may have come since. */
  readonly members: readonly Member[];
  readonly mine: number;
}

export function createDivision({ clock, timers, me, onShare, prepare }: DivisionOptions): Division {
  let mode: Mode = "all";
  let share: Share | null = null;
  let members: readonly Member[] = [];
  let index: SlotIndex | null = null;
  /** Whoever computes for an older one stops. */
  let turn = 0;
  let timer: unknown = null;
  /** Of what is prepared. */
  let late: unknown = null;
  let settling = false;
  let shift = 0;

  const isIn = ({ owners, mine }: Share, slot: number) => {
    const owner = owners[slot] ?? everybody;
    return owner === mine || owner === everybody;
  };

  async function compute(): Promise<Share | null> {
    const own = ++turn;
    if (index === null) return null;
    const { slots, first, second } = index;
    const among = members;
    const hashes: Hashes[] = among.map(({ id }) => hashesOf(id));
    const owners = new Uint16Array(first.length).fill(everybody);
    const counts = among.map(() => 0);
    const done = await inSlices(
      slots.length,
      (place) => {
        const slot = slots[place] as number;
        const owner = ownerOf(hashes, first[slot] as number, second[slot] as number);
        owners[slot] = owner;
        counts[owner] = (counts[owner] ?? 0) + 1;
      },
      () => own === turn,
    );
    if (!done) return null;
    return { owners, counts, members: among, mine: among.findIndex(({ id }) => id === me.id) };
  }

  async function take(): Promise<void> {
    const computed = await compute();
    if (computed === null) return;
    share = computed;
    mode = "share";
    shift = 0;
    onShare();
  }

  /** Members may have come and gone meanwhile: it is computed anew then. */
  async function takeAfter(untilMs: number, prepareMs: number): Promise<void> {
    const computed = await compute();
    if (computed === null) return;
    const own = turn;
    const bound = Promise.withResolvers<void>();
    timers.clear(late);
    late = timers.set(bound.resolve, prepareMs);
    await Promise.race([prepare((slot) => isIn(computed, slot)), bound.promise]);
    if (own !== turn) return;
    timers.clear(late);
    timer = timers.set(
      () => {
        settling = false;
        void take();
      },
      Math.max(0, untilMs - clock.monotonicMs()),
    );
  }

  /** Whatever is under way. */
  function cancel(): void {
    turn += 1;
    timers.clear(timer);
    timers.clear(late);
    settling = false;
  }

  return {
    isOurs: (slot) => (mode === "share" && share !== null ? isIn(share, slot) : mode !== "none"),
    ownerOf(slot) {
      const owner = share?.owners[slot] ?? everybody;
      return share?.members[owner] ?? null;
    },
    owned: () => share?.counts ?? [],
    members: () => share?.members ?? members,
    latest: () => members,
    settle(nextIndex, next, afterMs, prepareMs) {
      timers.clear(timer);
      members = next;
      index = nextIndex;
      settling = true;
      void takeAfter(clock.monotonicMs() + afterMs, prepareMs);
    },
    divide(nextIndex, next) {
      members = next;
      index = nextIndex;
      if (!settling) void take();
    },
    whole(isOurs) {
      cancel();
      if (share !== null) shift = (share.mine + 1) / (share.members.length + 1);
      share = null;
      members = [];
      const changed = mode !== (isOurs ? "all" : "none");
      mode = isOurs ? "all" : "none";
      if (changed) onShare();
    },
    mode: () => mode,
    shift: () => shift,
    stop: cancel,
  };
}
