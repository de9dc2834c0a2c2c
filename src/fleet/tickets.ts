// Questions that the main thread has put to prober threads and that are not answered yet. A thread that died answers
// none of its own any more: they end with null when its successor reports in.

export interface Tickets<Answer> {
  /** A question to this thread; the answer is null when the thread ended before it. */
  open(thread: number): { readonly ticket: number; readonly answer: Promise<Answer | null> };
  settle(ticket: number, answer: Answer | null): void;
  /** Ends all questions to this thread. */
  abandon(thread: number): void;
}

export function createTickets<Answer>(): Tickets<Answer> {
  const open = new Map<number, { thread: number; resolve: (answer: Answer | null) => void }>();
  let next = 1;

  function settle(ticket: number, answer: Answer | null): void {
    open.get(ticket)?.resolve(answer);
    open.delete(ticket);
  }

  return {
    open(thread) {
      const ticket = next++;
      const answer = new Promise<Answer | null>((resolve) => open.set(ticket, { thread, resolve }));
      return { ticket, answer };
    },
    settle,
    abandon(thread) {
      for (const [ticket, one] of open) if (one.thread === thread) settle(ticket, null);
    },
  };
}
