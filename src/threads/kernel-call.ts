// System calls that the runtime has no function for: made through the C library, where there is one that is known and code may be made.

import { arch, endianness, platform } from "node:os";

/** Numbers of the calls that are made here (asm/unistd_64.h and asm-generic/unistd.h of Linux). */
const numbers = {
  x64: { setAffinity: 203, getAffinity: 204, setAttributes: 314, getAttributes: 315 },
  arm64: { setAffinity: 122, getAffinity: 123, setAttributes: 274, getAttributes: 275 },
} as const;
const libraries = ["libc.so.6", `libc.musl-${arch() === "x64" ? "x86_64" : "aarch64"}.so.1`];

export type CallName = keyof (typeof numbers)["x64"];

/** What the kernel answers; below 0 where it refuses. Bytes are handed over by their address; thread 0 is the calling one. */
export type SchedulerCall = (
  name: CallName,
  thread: number,
  ...rest: readonly (number | ArrayBuffer)[]
) => number;

/** Null where such calls cannot be made: another system, another C library, a sandbox in which no code can be made. */
export function schedulerCall(): SchedulerCall | null {
  const machine = arch();
  if (platform() !== "linux" || endianness() !== "LE") return null;
  if (machine !== "x64" && machine !== "arm64") return null;
  for (const library of libraries) {
    try {
      const { dlopen, ptr } = require("bun:ffi") as typeof import("bun:ffi");
      const { symbols } = dlopen(library, {
        syscall: { args: ["i64", "i64", "i64", "i64", "i64"], returns: "i64" },
      });
      const word = (value: number | ArrayBuffer) =>
        typeof value === "number" ? value : ptr(value);
      return (name, thread, first = 0, second = 0, third = 0) =>
        Number(
          symbols.syscall(numbers[machine][name], thread, word(first), word(second), word(third)),
        );
    } catch {
      // The next library.
    }
  }
  return null;
}
