// What a thread is to be sent, in order. Copying a large message takes its time: one goes in a turn of the event loop, so that a
// request is answered in between.

import type { MessagePort } from "node:worker_threads";

export interface Letter<To> {
  /** A function is called for its message when its turn comes. */
  readonly message: To | (() => To);
  /** What is handed over with it. */
  readonly port: MessagePort | undefined;
}

export interface Outbox<To> {
  put(letter: Letter<To>): void;
  /** The thread is gone, and with it what was to be sent. */
  drop(): void;
}

/** `onLost` hears of a letter that cannot be sent; those behind it go on. */
export function createOutbox<To>(
  post: (message: To, ports: readonly MessagePort[]) => void,
  onLost: (error: unknown) => void,
): Outbox<To> {
  let waiting: Letter<To>[] = [];
  let isPosting = false;

  /** Whatever becomes of the oldest, the next one has its turn. */
  function next(): void {
    const letter = waiting.shift();
    isPosting = letter !== undefined;
    if (letter === undefined) return;
    setImmediate(next);
    const { message, port } = letter;
    try {
      const made = typeof message === "function" ? (message as () => To)() : message;
      post(made, port === undefined ? [] : [port]);
    } catch (error) {
      discard(letter);
      onLost(error);
    }
  }

  return {
    put(letter) {
      waiting.push(letter);
      if (!isPosting) next();
    },
    drop() {
      waiting.forEach(discard);
      waiting = [];
    },
  };
}

/** Whoever has the other end of its port hears that nobody takes it. */
export function discard<To>({ port }: Letter<To>): void {
  port?.close();
}
