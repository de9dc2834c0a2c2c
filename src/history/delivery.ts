// Brings batches from the outbox to PostgreSQL, one after the other, in order. What could not be delivered is tried again, at first soon
// and later every few seconds; it stays there until the database has it.

import type { Outbox } from "./outbox.ts";
import type { Parcel } from "./spool.ts";

export interface DeliveryOptions {
  readonly outbox: Pick<Outbox, "first" | "drop">;
  /** Opens the store; called until it succeeds, and not again. */
  readonly prepare: () => Promise<void>;
  readonly write: (parcel: Parcel) => Promise<void>;
  readonly onPrepared: () => void;
  /** A batch is in. */
  readonly onWritten: (parcel: Parcel) => void;
  /** A batch that the database will never take was left out. */
  readonly onDropped: (parcel: Parcel, error: unknown) => void;
  /** It did not work this time. */
  readonly onFailure: (error: unknown) => void;
  readonly timers?: {
    set(callback: () => void, delayMs: number): unknown;
    clear(timer: unknown): void;
  };
}

export interface Delivery {
  /** There is something new in the outbox. */
  wake(): void;
  /** Resolves when the outbox is empty. */
  emptied(): Promise<void>;
  stop(): void;
}

const retryMinMs = 250;
const retryMaxMs = 5000;
const realTimers = {
  set: (callback: () => void, delayMs: number): unknown => setTimeout(callback, delayMs),
  clear: (timer: unknown) => clearTimeout(timer as Timer | undefined),
};

export function startDelivery(options: DeliveryOptions): Delivery {
  const { outbox } = options;
  const timers = options.timers ?? realTimers;
  let prepared = false;
  let busy = false;
  let stopped = false;
  let retryMs = retryMinMs;
  let timer: unknown = null;
  let waiting: (() => void)[] = [];

  async function run(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    try {
      if (!prepared) {
        await options.prepare();
        prepared = true;
        options.onPrepared();
      }
      for (let parcel = outbox.first(); parcel !== null && !stopped; parcel = outbox.first()) {
        await deliver(parcel);
        retryMs = retryMinMs;
      }
      for (const resolve of waiting) resolve();
      waiting = [];
    } catch (error) {
      if (!stopped) {
        options.onFailure(error);
        timer = timers.set(() => {
          timer = null;
          void run();
        }, retryMs);
        retryMs = Math.min(retryMaxMs, retryMs * 2);
      }
    } finally {
      busy = false;
    }
  }

  async function deliver(parcel: Parcel): Promise<void> {
    try {
      await options.write(parcel);
      outbox.drop(parcel);
      options.onWritten(parcel);
    } catch (error) {
      if (!isUnacceptable(error)) throw error;
      outbox.drop(parcel);
      options.onDropped(parcel, error);
    }
  }

  void run();
  return {
    wake() {
      if (timer === null) void run();
    },
    emptied() {
      return new Promise((resolve) => {
        waiting.push(resolve);
        timers.clear(timer);
        timer = null;
        void run();
      });
    },
    stop() {
      stopped = true;
      timers.clear(timer);
    },
  };
}

/** The data itself is refused (SQLSTATE classes 22 and 23): coming again would not help. */
function isUnacceptable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^2[23][0-9A-Z]{3}$/.test(code);
}
