// The other end of a datagram socket with a path, which the runtime has no type for (unix(7)).

import { dlopen, FFIType, ptr } from "bun:ffi";
import { rmSync } from "node:fs";

const familyUnix = 1;
const typeDatagram = 2;
const dontWait = 0x40;

export interface UnixListener {
  /** What has arrived since the last call. */
  lines(): string[];
  close(): void;
}

export function listenUnixDatagram(path: string): UnixListener {
  const { i32, u64, i64, ptr: pointer } = FFIType;
  const { symbols } = dlopen("libc.so.6", {
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, i32], returns: i32 },
    recv: { args: [i32, pointer, u64, i32], returns: i64 },
    close: { args: [i32], returns: i32 },
  });
  const descriptor = symbols.socket(familyUnix, typeDatagram, 0);
  const address = Buffer.alloc(110);
  address.writeUInt16LE(familyUnix, 0);
  address.write(path, 2);
  if (symbols.bind(descriptor, ptr(address), 110) !== 0)
    throw new Error(`cannot listen at ${path}`);
  const buffer = Buffer.alloc(65_536);
  let open = true;
  return {
    lines() {
      const lines: string[] = [];
      for (;;) {
        const length = Number(symbols.recv(descriptor, ptr(buffer), buffer.length, dontWait));
        if (length <= 0) return lines;
        lines.push(...buffer.toString("utf8", 0, length).trim().split("\n"));
      }
    },
    close() {
      if (!open) return;
      open = false;
      symbols.close(descriptor);
      rmSync(path, { force: true });
    },
  };
}
