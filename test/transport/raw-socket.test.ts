// What a connection keeps alive as long as it is open.

import { expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { takeOver } from "../../src/transport/raw-socket.ts";

const connections = 20;
/** The collector takes what lies on the stack for a reference. */
const keptMax = 4;

const errors: Error[] = [];
/** Out here, where they see no socket. */
const handlers = {
  data() {},
  error(_socket: unknown, error: Error) {
    errors.push(error);
  },
};

function taken(port: number) {
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof take>>();
  connect({ host: "127.0.0.1", port }).once("connect", function (this: Socket) {
    resolve(take(this));
  });
  return promise;
}

function take(socket: Socket) {
  return { above: new WeakRef(socket), raw: takeOver(socket, handlers, {}) };
}

test("a socket that is taken over does not keep the one above it, and hears of no error of that one", async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const all = [];
  for (let count = 0; count < connections; count += 1) all.push(await taken(port));
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    Bun.gc(true);
  }
  const kept = all.filter(({ above }) => above.deref() !== undefined).length;
  for (const { raw } of all) raw.terminate();
  for (const socket of accepted) socket.destroy();
  server.close();
  expect(errors).toEqual([]);
  expect(kept).toBeLessThanOrEqual(keptMax);
});
