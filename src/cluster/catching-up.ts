// Which rows of others have to be read from Redis, because nobody was there to hear of them, and the reading: at once, then again after a pause
// that grows, for what is busy here still.

import type { Keys } from "./keys.ts";
import type { Session } from "./redis-link.ts";
import type { FramedRow } from "./row-frames.ts";
import type { FollowedFleet, SlotIndex } from "./slot-index.ts";
import { readSnapshot } from "./snapshot.ts";

const pauseMinMs = 200;
const pauseMaxMs = 10_000;

export interface Line {
  readonly session: Session;
  readonly keys: Keys;
}

export interface CatchingUpOptions {
  readonly fleet: FollowedFleet;
  readonly nowMs: () => number;
  readonly isOurs: (slot: number) => boolean;
  /** Null while there is no way to Redis. */
  readonly line: () => Line | null;
  readonly onRow: (row: FramedRow) => void;
}

export interface CatchingUp {
  /** From now on for this fleet; nothing is known of it. */
  begin(index: SlotIndex): void;
  missed(slot: number | "all"): void;
  /** What was busy may be free now: it is read soon. */
  again(): void;
  /** Reads these now, as far as they were missed. */
  read(wants: (slot: number) => boolean): Promise<void>;
  /** Reads what is missed, when it is time. */
  look(): void;
}

export function createCatchingUp(options: CatchingUpOptions): CatchingUp {
  const { fleet, nowMs, isOurs, line, onRow } = options;
  let index: SlotIndex | null = null;
  /** By slot. */
  let missing = new Uint8Array(0);
  let isAnyMissing = false;
  let reading: Promise<void> | null = null;
  let nextMs = 0;
  let pauseMs = pauseMinMs;

  function again(): void {
    isAnyMissing = true;
    nextMs = 0;
    pauseMs = pauseMinMs;
  }

  function missAll(): void {
    missing.fill(1);
    again();
  }

  async function read(wants: (slot: number) => boolean): Promise<void> {
    const used = line();
    const known = index;
    if (used === null || known === null) return;
    try {
      await readSnapshot({
        ...used,
        ...{ index: known, fleet, onRow },
        isWanted: () => known === index && line()?.session === used.session,
        wants: (slot) => {
          const isWanted = missing[slot] === 1 && wants(slot);
          // Before it is read: what is busy then is missed again.
          if (isWanted) missing[slot] = 0;
          return isWanted;
        },
      });
    } catch {
      // The next session begins with all of it; a refusal is met again after the pause.
      missing.fill(1);
      isAnyMissing = true;
    }
  }

  /** What is ours needs no reading: our own thread knows better. */
  async function readAll(): Promise<void> {
    isAnyMissing = false;
    await read((slot) => !isOurs(slot));
    nextMs = nowMs() + pauseMs;
    pauseMs = isAnyMissing ? Math.min(pauseMaxMs, 2 * pauseMs) : pauseMinMs;
  }

  return {
    begin(next) {
      index = next;
      missing = new Uint8Array(next.first.length);
      missAll();
    },
    missed(slot) {
      if (slot === "all") missAll();
      else if (slot < missing.length) {
        missing[slot] = 1;
        isAnyMissing = true;
      }
    },
    again,
    read,
    look() {
      if (!isAnyMissing || reading !== null || nowMs() < nextMs || line() === null) return;
      reading = readAll().finally(() => {
        reading = null;
      });
    },
  };
}
