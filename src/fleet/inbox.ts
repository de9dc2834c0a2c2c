// What a thread is told, in its order. Of large messages one is taken a turn of the event loop, so that timers run in between: a
// thread that takes over 100,000 deployments goes on beating its heart.

export interface Inbox<Message> {
  put(message: Message): void;
}

/** `defer` runs something in another turn of the event loop, after the timers that are due. */
export function createInbox<Message>(
  take: (message: Message) => void,
  isLarge: (message: Message) => boolean,
  defer: (callback: () => void) => void,
): Inbox<Message> {
  const waiting: Message[] = [];

  function next(): void {
    const message = waiting.shift();
    if (message === undefined) return;
    take(message);
    if (waiting.length > 0) defer(next);
  }

  return {
    put(message) {
      if (waiting.length === 0 && !isLarge(message)) take(message);
      else if (waiting.push(message) === 1) defer(next);
    },
  };
}
