// How much of bodies this thread holds at a time, from their first byte until what became of them is known. A body whose length was
// told has its place before it is read, so that what is taken on is also finished.

import { Refusal } from "./problem.ts";

export interface Held {
  /** Throws the refusal when there is no room for so many bytes more. */
  add(bytes: number): void;
  release(): void;
}

export interface BodyRoom {
  hold(): Held;
}

export function createBodyRoom(bytesMax: () => number): BodyRoom {
  let all = 0;
  return {
    hold() {
      let own = 0;
      return {
        add(bytes) {
          if (all + bytes > bytesMax()) {
            const text = "too many callbacks are being read or wait to be counted";
            throw new Refusal(503, text, { "retry-after": "1" });
          }
          all += bytes;
          own += bytes;
        },
        release() {
          all -= own;
          own = 0;
        },
      };
    },
  };
}
