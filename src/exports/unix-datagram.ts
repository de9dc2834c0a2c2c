// A datagram socket to a path, which the runtime has no type for: three calls of the C library (unix(7)). Never waits: what the receiver
// has no room for is refused.

import type { FFIType } from "bun:ffi";
import { platform } from "node:os";

const familyUnix = 1;
const typeDatagram = 2;
const flagsOfSocket = 0o2000000; // SOCK_CLOEXEC
const flagsOfSend = 0x40 | 0x4000; // MSG_DONTWAIT | MSG_NOSIGNAL
const pathBytesMax = 107;

export interface UnixDatagram {
  /** False when the receiver is gone or has no room. */
  send(bytes: Uint8Array): boolean;
  close(): void;
}

/** Throws when there are no such sockets here, or the path is too long. */
export function openUnixDatagram(path: string): UnixDatagram {
  if (platform() !== "linux") throw new Error("datagrams to a path need Linux: use udp://");
  const name = Buffer.from(path);
  if (name.length > pathBytesMax) throw new Error("the path of a socket has 107 bytes at most");
  const { dlopen, ptr } = require("bun:ffi") as typeof import("bun:ffi");
  const int = "i32" as unknown as FFIType.i32;
  const size = "u64" as unknown as FFIType.u64;
  const pointer = "ptr" as unknown as FFIType.ptr;
  const { symbols, close } = dlopen("libc.so.6", {
    socket: { args: [int, int, int], returns: int },
    sendto: {
      args: [int, pointer, size, int, pointer, int],
      returns: "i64" as unknown as FFIType.i64,
    },
    close: { args: [int], returns: int },
  });
  const descriptor = symbols.socket(familyUnix, typeDatagram | flagsOfSocket, 0);
  if (descriptor < 0) {
    close();
    throw new Error("no socket could be made");
  }
  const address = Buffer.alloc(2 + pathBytesMax + 1);
  address.writeUInt16LE(familyUnix, 0);
  name.copy(address, 2);
  let open = true;
  return {
    // Addressed anew each time: a receiver that was started again has another socket at the same path.
    send: (bytes) =>
      open &&
      Number(
        symbols.sendto(
          descriptor,
          ptr(bytes),
          bytes.length,
          flagsOfSend,
          ptr(address),
          2 + name.length + 1,
        ),
      ) === bytes.length,
    close() {
      if (!open) return;
      open = false;
      symbols.close(descriptor);
      close();
    },
  };
}
