// Connecting to a name that has several addresses (RFC 8305, "Happy Eyeballs", 5): they are tried one after the other, the next
// one when an attempt has failed or taken 250 ms, without giving up those before; the first that connects wins.

import { connect, type Socket } from "node:net";
import type { Address } from "./resolver.ts";

const attemptDelayMs = 250;
/** Of a name with many addresses the first ones are tried. */
const attemptsMax = 6;

export interface Attempts {
  /** Gives all of them up; nothing is heard any more. */
  cancel(): void;
}

export function connectFirst(
  addresses: readonly Address[],
  port: number,
  onConnected: (socket: Socket) => void,
  onFailed: (error: Error) => void,
): Attempts {
  const waiting = alternating(addresses).slice(0, attemptsMax);
  const running = new Set<Socket>();
  let timer: Timer | undefined;
  let firstError: Error | null = null;

  function cancel(): void {
    clearTimeout(timer);
    waiting.length = 0;
    for (const socket of running) socket.destroy();
    running.clear();
  }

  function next(): void {
    clearTimeout(timer);
    const address = waiting.shift();
    if (address === undefined) return;
    const socket = connect({ host: address, port });
    running.add(socket);
    socket.once("connect", () => {
      if (!running.delete(socket)) return;
      cancel();
      onConnected(socket);
    });
    socket.on("error", (error) => {
      if (!running.delete(socket)) return;
      firstError ??= error;
      socket.destroy();
      if (waiting.length > 0) next();
      else if (running.size === 0) onFailed(firstError);
    });
    if (waiting.length > 0) timer = setTimeout(next, attemptDelayMs);
  }

  next();
  return { cancel };
}

/** One of each family in turn, beginning with the first address's. */
function alternating(addresses: readonly Address[]): string[] {
  const family = addresses[0]?.family;
  const first = addresses.filter((one) => one.family === family);
  const second = addresses.filter((one) => one.family !== family);
  const ordered: string[] = [];
  for (let index = 0; index < Math.max(first.length, second.length); index += 1) {
    for (const one of [first[index], second[index]])
      if (one !== undefined) ordered.push(one.address);
  }
  return ordered;
}
