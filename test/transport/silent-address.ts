// An address that takes no connection and refuses none: a listener that never accepts, whose queue is full. Linux drops what comes
// then, as a firewall does (listen(2), "backlog").

import { dlopen, ptr } from "bun:ffi";
import { connect, type Socket } from "node:net";

const internet = 2;
const stream = 1;
const queueLength = 0;
/** More than the queue takes. */
const fillers = 4;

export interface SilentAddress {
  readonly address: string;
  stop(): void;
}

/** Null where there is no such thing. Port in network order, address 127.0.0.2. */
export async function startSilentAddress(port: number): Promise<SilentAddress | null> {
  if (process.platform !== "linux") return null;
  const { symbols } = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  });
  const place = Buffer.alloc(16);
  place.writeUInt16LE(internet, 0);
  place.writeUInt16BE(port, 2);
  place.set([127, 0, 0, 2], 4);
  const listener = symbols.socket(internet, stream, 0);
  if (symbols.bind(listener, ptr(place), place.length) !== 0) return null;
  symbols.listen(listener, queueLength);
  const sockets: Socket[] = [];
  for (let index = 0; index < fillers; index += 1) {
    const socket = connect({ host: "127.0.0.2", port });
    socket.on("error", () => {});
    sockets.push(socket);
    await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), Bun.sleep(50)]);
  }
  return {
    address: "127.0.0.2",
    stop() {
      for (const socket of sockets) socket.destroy();
      symbols.close(listener);
    },
  };
}
