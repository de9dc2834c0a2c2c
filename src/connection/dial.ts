// A socket that is ours to destroy. Drivers end a connection politely and then wait for the other side, which a frozen
// server never answers: such sockets pile up. One that is dialled here is gone when its signal says so.

import { connect, type Socket } from "node:net";

/** Where a service listens: an address and a port, or a unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * A connected socket; rejects with the system's error. When `signal` aborts, the socket is destroyed, whether it is
 * connected by then or not.
 */
export function dial(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect(endpoint);
    const cut = (): void => {
      socket.destroy();
    };
    signal.addEventListener("abort", cut, { once: true });
    socket.once("connect", () => resolve(socket));
    // Stays for good: an error between two owners of the socket must not be one that nobody listens to.
    socket.on("error", reject);
    socket.once("close", () => {
      signal.removeEventListener("abort", cut);
      reject(new Error("the connection was closed"));
    });
  });
}
