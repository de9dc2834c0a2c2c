// A network between the service and a real server that can be cut, held up and made lossy: a forwarder on loopback.

import { connect, createServer, type Socket } from "node:net";

export interface Line {
  readonly port: number;
  /** `held`: connections are accepted and nothing passes. `deaf`: what the server answers is lost. */
  set(state: "open" | "held" | "deaf"): void;
  /** Resets every connection. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startLine(serverPort: number): Promise<Line> {
  let state: "open" | "held" | "deaf" = "open";
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (bytes) => {
      if (state !== "held") upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (state === "open") client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the line has no port");
  return {
    port: address.port,
    set(next) {
      state = next;
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
