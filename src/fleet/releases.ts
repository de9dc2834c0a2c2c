// Taking slots from the threads that own them: a thread is asked to let go of some, and answers when it has. One that is dead has let
// go of everything, by its death. One that is being replaced and does not end may write nothing any more, and is waited for no longer
// than one that does not answer, which is replaced.

import type { Timers } from "../clock.ts";
import type { ProberThread } from "./prober-thread.ts";
import { createTickets } from "./tickets.ts";

export interface Releases {
  /** Resolves when this thread has let go of these slots. */
  release(
    thread: Pick<ProberThread, "thread" | "isAlive" | "send" | "replace"> | undefined,
    slots: readonly number[],
  ): Promise<void>;
  /** A thread has answered. */
  settle(ticket: number): void;
  /** A thread has ended. */
  abandon(thread: number): void;
}

/** Much longer than a probe in flight is waited for, and than a thread takes that a busy machine hardly runs. */
const answerMaxMs = 30_000;

export function createReleases(timers: Timers): Releases {
  const tickets = createTickets<true>();
  return {
    async release(thread, slots) {
      if (thread === undefined || !thread.isAlive()) return;
      const { ticket, answer } = tickets.open(thread.thread);
      thread.send({ type: "release", slots, ticket });
      const late = timers.set(() => {
        if (thread.isAlive()) thread.replace("does not let go of its deployments");
        tickets.settle(ticket, null);
      }, answerMaxMs);
      await answer;
      timers.clear(late);
    },
    settle: (ticket) => tickets.settle(ticket, true),
    abandon: tickets.abandon,
  };
}
