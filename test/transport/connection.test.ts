import { afterEach, describe, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Connection } from "../../src/transport/connection.ts";
import { eventually } from "../servers/process.ts";

let server: Server | null = null;
let connection: Connection | null = null;
afterEach(() => {
  connection?.close();
  server?.close();
});

/** A connection to a server that reads nothing before it is told to. */
async function connectedToSlowReader(): Promise<{ connection: Connection; peer: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const listening = createServer({ pauseOnConnect: true }, (socket) => accepted.resolve(socket));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const socket = connect((listening.address() as { port: number }).port, "127.0.0.1");
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  connection = new Connection(socket, 0);
  return { connection, peer: await accepted.promise };
}

describe("bytes of a WebSocket", () => {
  test("all arrive, in order, also when the peer reads them late", async () => {
    const { connection: made, peer } = await connectedToSlowReader();
    const sent = Buffer.alloc(16 * 1024 * 1024, "0123456789");
    made.sendBytes(sent);
    expect(made.hasUnsent).toBe(true);
    const received: Buffer[] = [];
    let count = 0;
    peer.on("data", (bytes: Buffer) => {
      received.push(bytes);
      count += bytes.length;
    });
    peer.resume();
    await eventually("all is taken", () => !made.hasUnsent);
    made.sendBytes(Buffer.from("end"));
    await eventually("all has arrived", () => count === sent.length + 3);
    expect(Buffer.concat(received).equals(Buffer.concat([sent, Buffer.from("end")]))).toBe(true);
  });
});
