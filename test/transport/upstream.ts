// An upstream over bare sockets that answers each request by script, and tells of its connections: what a kept connection needs to
// be shown.

import type { Socket } from "bun";

export interface Upstream {
  readonly port: number;
  readonly url: string;
  /** Requests so far, each as the text that came. */
  readonly requests: string[];
  /** Connections that there were in all, and that are open now. */
  opened(): number;
  open(): number;
  /** Ends the connections that are open, as a server does with idle ones. */
  hangUp(): void;
  stop(): void;
}

type Answer = (request: string, socket: Socket<undefined>, nth: number) => string | Buffer | null;

/** `answer` returns the bytes to write, or null for none; `nth` counts from 1. */
export function startUpstream(answer: Answer, hostname = "127.0.0.1"): Upstream {
  const requests: string[] = [];
  const sockets = new Set<Socket<undefined>>();
  let opened = 0;
  const listener = Bun.listen<undefined>({
    hostname,
    port: 0,
    socket: {
      open(socket) {
        opened += 1;
        sockets.add(socket);
      },
      data(socket, bytes) {
        requests.push(bytes.toString());
        const bytesBack = answer(bytes.toString(), socket, requests.length);
        if (bytesBack !== null) socket.write(bytesBack);
      },
      close(socket) {
        sockets.delete(socket);
      },
      error() {},
    },
  });
  return {
    port: listener.port,
    url: `http://127.0.0.1:${listener.port}/`,
    requests,
    opened: () => opened,
    open: () => sockets.size,
    hangUp() {
      for (const socket of sockets) socket.end();
    },
    stop: () => listener.stop(true),
  };
}

/** A well-formed answer with this body. */
export function ok(body: string, headers = ""): string {
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
