// A core for whoever answers: as long as all other threads of the process have room on the other cores, they stay there, and the server's
// finds one that none of us is on. Priorities alone do not do that: a thread that wakes up waits for what is in the kernel just then,
// and often for the next tick. In a storm of 1,000 probes a second on 2 cores the p99 of liveliness was 0.33 ms with it and 0.88
// without (medians of 8 loads each in turn; idle 0.38).
//
// What does not fit there, or has to wait there for another process, has all cores, as if there were nothing of this.

import type { Clock } from "../clock.ts";
import { type SchedulerCall, schedulerCall } from "./kernel-call.ts";
import { ownThreads, type SeenThreads } from "./own-threads.ts";
import { ranMs, waitedMs } from "./run-queue.ts";

/** 1,024 cores, as many as the C library's cpu_set_t has (CPU_SET(3)). */
const maskBytes = 128;
/** Of the cores beside the server's: of less, all others stay on them; of more, they have all cores again. */
const confineBelow = 0.5;
const releaseAbove = 0.75;
/**
 * Of its time that one of the others may wait for a core; more, and somebody else is on theirs. In that storm a prober waits 0.1 of its time
 * beside the rest of us, and 0.2 beside one process more that computes all the time, which makes no probe late.
 */
const waitedMax = 0.35;
/** Looks that must agree before the others are kept together; one is enough to let them go. */
const quietLooksMin = 5;
const calling = 0;

/** What the others did since the last look. */
export interface Use {
  /** Cores that they used, all together. */
  readonly ran: number;
  /** Part of its time that the one of them waited for a core that waited longest. */
  readonly waited: number;
  /** How many the process may run on. */
  readonly cores: number;
}

/** Whether all others stay beside the server's core, by one look after the other. Between the bounds all remains as it is. */
export function createConfinement(): { look(use: Use): boolean; release(): void } {
  let quietLooks = 0;
  let isConfined = false;
  return {
    look({ ran, waited, cores }) {
      const bound = (isConfined ? releaseAbove : confineBelow) * (cores - 1);
      quietLooks = ran < bound && waited < waitedMax ? quietLooks + 1 : 0;
      isConfined = isConfined ? quietLooks > 0 : quietLooks >= quietLooksMin;
      return isConfined;
    },
    release() {
      quietLooks = 0;
      isConfined = false;
    },
  };
}

export interface ServingCore {
  /** Looks at what was used since the last time, and at the threads there are. To be called once a second; 0.3 ms. */
  check(threads: SeenThreads): void;
  /** Much work comes at once, such as a new configuration, or the end: it has all cores until it is seen to be over. */
  release(): void;
}

/** `server` is the server's thread as the kernel numbers it, null while there is none. Where there is but one core, nothing is done. */
export function createServingCore(server: () => number | null, clock: Clock): ServingCore {
  const call = schedulerCall();
  const all = call === null ? null : widestMask(call);
  if (call === null || all === null) return { check: () => {}, release: () => {} };
  return startServingCore(server, clock, call, all);
}

function startServingCore(
  server: () => number | null,
  clock: Clock,
  call: SchedulerCall,
  all: ArrayBuffer,
): ServingCore {
  const confinement = createConfinement();
  /** Where the others stay; null while they have all cores. */
  let beside: ArrayBuffer | null = null;
  let wasEver = false;
  let free: number | null = null;
  let before = used(ownThreads());

  function used(threads: readonly number[]) {
    const thread = server();
    const { user, system } = process.cpuUsage();
    const ownMs = thread === null ? 0 : ranMs(thread);
    const waitedBy = new Map(threads.map((one) => [one, one === thread ? 0 : waitedMs(one)]));
    return { atMs: clock.monotonicMs(), ranMs: (user + system) / 1000 - ownMs, waitedBy };
  }

  function useSince(threads: readonly number[]): Omit<Use, "cores"> {
    const [last, now] = [before, used(threads)];
    before = now;
    const tookMs = Math.max(1, now.atMs - last.atMs);
    const waitsMs = [...now.waitedBy].map(
      ([thread, soFarMs]) => soFarMs - (last.waitedBy.get(thread) ?? soFarMs),
    );
    return {
      ran: (now.ranMs - last.ranMs) / tookMs,
      waited: Math.max(0, ...waitsMs) / tookMs,
    };
  }

  /** One that has ended meanwhile is no harm, nor is a sandbox that forbids it. */
  function place(threads: readonly number[]): void {
    for (const thread of threads) {
      if (thread !== free) call("setAffinity", thread, maskBytes, beside ?? all);
    }
  }

  return {
    check({ all: threads, fresh }) {
      const use = useSince(threads);
      free = server();
      // A successor begins where the one stays that started it; and who may run where can change while the process runs (cpuset(7)).
      if (free !== null && wasEver) call("setAffinity", free, maskBytes, all);
      const now = free === null ? null : maskOf(call, free);
      const cores = now === null ? [] : coresIn(now);
      const isConfined = cores.length > 1 && confinement.look({ ...use, cores: cores.length });
      const next = isConfined && now !== null ? without(now, cores.at(-1) ?? 0) : null;
      const isOther = !isSame(next, beside);
      beside = next;
      wasEver ||= next !== null;
      if (isOther) place(threads);
      // Also while they have all cores: one may have begun as another was let go.
      else if (wasEver) place(fresh);
    },
    release() {
      confinement.release();
      if (beside === null) return;
      beside = null;
      place(ownThreads());
    },
  };
}

/**
 * What stands for all cores: whatever the process may run on, now and later, or what it was started on where somebody chose less than that.
 * Null where nothing can be asked or set.
 */
function widestMask(call: SchedulerCall): ArrayBuffer | null {
  const own = maskOf(call, calling);
  if (own === null) return null;
  const every = new Uint8Array(maskBytes).fill(0xff).buffer;
  if (call("setAffinity", calling, maskBytes, every) < 0) return null;
  if (isSame(maskOf(call, calling), own)) return every;
  call("setAffinity", calling, maskBytes, own);
  return own;
}

/** The cores that a thread may run on; null where the kernel does not tell. */
function maskOf(call: SchedulerCall, thread: number): ArrayBuffer | null {
  const mask = new ArrayBuffer(maskBytes);
  return call("getAffinity", thread, maskBytes, mask) > 0 ? mask : null;
}

function isSame(one: ArrayBuffer | null, other: ArrayBuffer | null): boolean {
  if (one === null || other === null) return one === other;
  return Buffer.from(one).equals(Buffer.from(other));
}

function coresIn(mask: ArrayBuffer): readonly number[] {
  return [...new Uint8Array(mask)].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => 8 * index + bit),
  );
}

function without(mask: ArrayBuffer, core: number): ArrayBuffer {
  const bytes = new Uint8Array(mask.slice(0));
  bytes[core >> 3] = (bytes[core >> 3] ?? 0) & ~(1 << (core & 7));
  return bytes.buffer;
}
