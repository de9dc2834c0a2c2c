// A core for whoever answers: as long as all other threads of the process have room on the other cores, they stay there, and the server's
// finds one that none of us is on. Priorities alone do not do that: a thread that wakes up waits for what is in the kernel just then,
// and often for the next tick. In a storm of 1,000 probes a second on 2 cores the p99 of liveliness was 0.33 ms with it and 0.88
// without (medians of 8 loads each in turn; idle 0.38).
//
// What does not fit there has all cores, as if there were nothing of this.

import type { Clock } from "../clock.ts";
import { type SchedulerCall, schedulerCall } from "./kernel-call.ts";
import { ownThreads, type SeenThreads } from "./own-threads.ts";
import { ranMs } from "./run-queue.ts";

/** 1,024 cores, as many as the C library's cpu_set_t has (CPU_SET(3)). */
const maskBytes = 128;
/** Of the cores beside the server's: of less, all others stay on them; of more, they have all cores again. */
const confineBelow = 0.5;
const releaseAbove = 0.75;
const calling = 0;

/**
 * Whether all others stay beside the server's core. `used` is how many cores they used of late, `cores` how many the process may run
 * on. Between the bounds all remains as it is.
 */
export function isConfined(wasConfined: boolean, used: number, cores: number): boolean {
  return used < (wasConfined ? releaseAbove : confineBelow) * (cores - 1);
}

export interface ServingCore {
  /** Looks at what was used since the last time, and at the threads there are. To be called once a second. */
  check(threads: SeenThreads): void;
  /** Much work comes at once, such as a new configuration: it has all cores until it is seen to be over. */
  release(): void;
}

/** `server` is the server's thread as the kernel numbers it, null while there is none. Where there is but one core, nothing is done. */
export function createServingCore(server: () => number | null, clock: Clock): ServingCore {
  const call = schedulerCall();
  const all = call === null ? null : ownMask(call);
  const cores = all === null ? 0 : coresIn(all).length;
  if (call === null || all === null || cores < 2) return { check: () => {}, release: () => {} };
  const beside = withoutLast(all);
  let confined = false;
  let released = false;
  let free: number | null = null;
  let before = use();

  function use() {
    const thread = server();
    const { user, system } = process.cpuUsage();
    const ownMs = thread === null ? 0 : ranMs(thread);
    return { atMs: clock.monotonicMs(), othersMs: (user + system) / 1000 - ownMs };
  }

  /** One that has ended meanwhile is no harm, nor is a sandbox that forbids it. */
  function place(threads: readonly number[], mask: ArrayBuffer): void {
    for (const thread of threads) {
      if (thread !== free) call?.("setAffinity", thread, maskBytes, mask);
    }
  }

  return {
    check(threads) {
      const now = use();
      const used = (now.othersMs - before.othersMs) / Math.max(1, now.atMs - before.atMs);
      before = now;
      const thread = server();
      // A successor begins where the one stays that started it.
      if (thread !== free && thread !== null) call("setAffinity", thread, maskBytes, all);
      free = thread;
      const was = confined;
      confined = !released && isConfined(was, used, cores);
      released = false;
      if (confined !== was) place(threads.all, confined ? beside : all);
      else if (confined) place(threads.fresh, beside);
    },
    release() {
      released = true;
      if (confined) place(ownThreads(), all);
      confined = false;
    },
  };
}

/** The cores that the calling thread may run on; null where the kernel does not tell. */
function ownMask(call: SchedulerCall): ArrayBuffer | null {
  const mask = new ArrayBuffer(maskBytes);
  return call("getAffinity", calling, maskBytes, mask) > 0 ? mask : null;
}

function coresIn(mask: ArrayBuffer): readonly number[] {
  return [...new Uint8Array(mask)].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => 8 * index + bit),
  );
}

function withoutLast(mask: ArrayBuffer): ArrayBuffer {
  const copy = mask.slice(0);
  const last = coresIn(mask).at(-1) ?? 0;
  const bytes = new Uint8Array(copy);
  bytes[last >> 3] = (bytes[last >> 3] ?? 0) & ~(1 << (last & 7));
  return copy;
}
