// The deadlines of thousands of exchanges at once. Each stands in the slot of the tick in which its deadline may have come, at the
// latest a second ahead, and is looked at then. Beginning an exchange costs an entry in an array and ending it the entry's
// removal: what has ended is held by nothing, and is gone before the collector of garbage has carried it along.

export abstract class Watched {
  /** The slot in which it stands, and where; the wheel's own. */
  slot: Watched[] | null = null;
  at = 0;

  /** Looks whether a deadline has passed; answers when to look again, or null when there is nothing to look for any more. */
  abstract check(nowMs: number): number | null;
}

/** How late a deadline may be noticed. */
const tickMs = 8;
const turnMs = 1024;

export interface DeadlineWheel {
  /** Looks at it at `dueMs`, or when a turn of the wheel has passed. */
  add(watched: Watched, dueMs: number): void;
  /** Looks at it no more. */
  remove(watched: Watched): void;
}

/** Its timer runs, and keeps the process, while something is watched. */
export function createDeadlineWheel(nowMs: () => number): DeadlineWheel {
  const slots: Watched[][] = Array.from({ length: turnMs / tickMs }, () => []);
  let size = 0;
  let timer: Timer | null = null;
  /** The last tick that was gone through. */
  let done = 0;

  const tickOf = (atMs: number) => Math.ceil(atMs / tickMs);

  function put(watched: Watched, dueMs: number): void {
    // Never into the slot that is being gone through.
    const tick = Math.min(Math.max(tickOf(dueMs), done + 1), done + slots.length - 1);
    const slot = slots[tick % slots.length] as Watched[];
    watched.slot = slot;
    watched.at = slot.length;
    slot.push(watched);
    size += 1;
  }

  function remove(watched: Watched): void {
    const { slot } = watched;
    if (slot === null) return;
    watched.slot = null;
    size -= 1;
    const last = slot.pop() as Watched;
    if (last === watched) return;
    slot[watched.at] = last;
    last.at = watched.at;
  }

  function turn(): void {
    const now = nowMs();
    const end = Math.min(Math.floor(now / tickMs), done + slots.length);
    while (done < end) {
      done += 1;
      const slot = slots[done % slots.length] as Watched[];
      for (let watched = slot.at(-1); watched !== undefined; watched = slot.at(-1)) {
        remove(watched);
        const nextMs = watched.check(now);
        if (nextMs !== null) put(watched, nextMs);
      }
    }
    done = Math.max(done, Math.floor(now / tickMs));
    if (size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    add(watched, dueMs) {
      if (timer === null) {
        done = Math.floor(nowMs() / tickMs);
        timer = setInterval(turn, tickMs);
      }
      put(watched, dueMs);
    },
    remove,
  };
}
