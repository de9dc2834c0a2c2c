// Sends orders, one message at a time, to the member that asks the deployment, or to all, and takes those of others. What cannot be sent
// is dropped: orders are for now, and those who wait for what comes of them do so for a bound.

import type { Keys } from "./keys.ts";
import type { Member } from "./membership.ts";
import { messagesOf, type Order, orderOf, pieceMax } from "./orders.ts";
import type { Session } from "./redis-link.ts";

/** Messages that may wait: a check of 100,000 deployments is some 400. */
const waitingMax = 2048;

export interface OrderPostOptions {
  readonly me: Member;
  /** Null where nobody is known to ask it: then all are told. */
  readonly ownerOf: (slot: number) => Member | null;
  readonly keyOf: (slot: number) => string | null;
  /** Where to send; null while there is no way. */
  readonly line: () => { readonly session: Session; readonly keys: Keys } | null;
  /** The slot of a key; -1 when nobody has it. */
  readonly find: (key: string) => number;
  readonly isOurs: (slot: number) => boolean;
  /** An order of another; false when nothing came of it. */
  readonly onOrder: (order: Order) => boolean;
}

export interface OrderPost {
  send(order: Order): void;
  /** A message of somebody. */
  take(message: Buffer): void;
  /** `refused` counts what was taken from nobody and what could be sent to nobody. */
  counts(): Readonly<Record<"sent" | "received" | "refused", number>>;
}

interface Letter {
  readonly to: string | null;
  readonly order: Order;
}

export function createOrderPost(options: OrderPostOptions): OrderPost {
  const { me, keyOf, line } = options;
  const counts = { sent: 0, received: 0, refused: 0 };
  const waiting: Letter[] = [];
  let messages = 0;
  let isSending = false;

  /** By who asks it; what is ours meanwhile is done by who gave the order, who sees that nobody did it. */
  function lettersOf(order: Order): Letter[] {
    if (order.type === "hold") return [{ to: null, order }];
    const to = (slot: number) => options.ownerOf(slot)?.id ?? null;
    if (order.type === "probe") {
      return [...Map.groupBy(order.slots, to)].map(([id, slots]) => ({
        to: id,
        order: { ...order, slots },
      }));
    }
    return [...Map.groupBy(order.outcomes, ({ slot }) => to(slot))].map(([id, outcomes]) => ({
      to: id,
      order: { ...order, outcomes },
    }));
  }

  async function work(): Promise<void> {
    for (let letter = waiting.shift(); letter !== undefined; letter = waiting.shift()) {
      try {
        await post(letter);
      } catch {
        // The session ends itself when it has to; what was not sent of this letter is lost.
        counts.refused += 1;
      } finally {
        messages -= messagesIn(letter.order);
      }
    }
    isSending = false;
  }

  async function post({ to, order }: Letter): Promise<void> {
    for (const message of messagesOf(order, me.id, keyOf)) {
      const used = line();
      if (used === null) throw new Error("there is no way");
      const channel = to === null ? used.keys.all : used.keys.inboxOf(to);
      await used.session.ask("PUBLISH", channel, message);
      counts.sent += 1;
    }
  }

  return {
    send(order) {
      for (const letter of lettersOf(order)) {
        if (letter.to === me.id) continue;
        if (line() === null || messages >= waitingMax) {
          counts.refused += 1;
          continue;
        }
        messages += messagesIn(letter.order);
        waiting.push(letter);
      }
      if (isSending || waiting.length === 0) return;
      isSending = true;
      void work();
    },
    take(message) {
      try {
        const told = orderOf(message, options.find, options.isOurs);
        if (told?.from === me.id) return;
        if (told !== null && options.onOrder(told.order)) counts.received += 1;
        else counts.refused += 1;
      } catch {
        // Another one may be as good as ever.
        counts.refused += 1;
      }
    },
    counts: () => counts,
  };
}

function messagesIn(order: Order): number {
  if (order.type === "hold") return 1;
  return Math.ceil((order.type === "probe" ? order.slots : order.outcomes).length / pieceMax);
}
