// A forwarding proxy for tests: CONNECT for TLS, whole addresses for plain HTTP; it remembers what it was asked.

import { connect, createServer, type Socket } from "node:net";

export interface TestProxy {
  readonly port: number;
  /** The heads of requests to it. */
  readonly heads: string[];
  stop(): void;
}

/** `refusal` is a status with which it answers everything. All names lead to 127.0.0.1. */
export async function startProxy(refusal: string | null = null): Promise<TestProxy> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      const head = text.slice(0, text.indexOf("\r\n\r\n"));
      heads.push(head);
      if (refusal !== null) {
        socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 2\r\n\r\nno`);
        return;
      }
      const tunnel = /^CONNECT \S+:(\d+) /.exec(head);
      const forward = /^[A-Z]+ http:\/\/[^/: ]+:(\d+)/.exec(head);
      const port = Number(tunnel?.[1] ?? forward?.[1]);
      const upstream = connect(port, "127.0.0.1", () => {
        if (tunnel !== null) socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        else upstream.write(text.replace(/http:\/\/[^/ ]+/, ""));
        socket.pipe(upstream);
        upstream.pipe(socket);
      });
      upstream.on("error", () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    heads,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
