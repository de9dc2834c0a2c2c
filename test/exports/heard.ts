// What a sink says of a push.

import type { PushReport } from "../../src/exports/sink.ts";

export interface Heard {
  readonly report: PushReport;
  /** Points, each time that they were told. */
  readonly waiting: number[];
  /** Datagrams in all. */
  refused: number;
}

export function hear(): Heard {
  const heard: Heard = {
    report: {
      waiting: (points) => heard.waiting.push(points),
      refused: (datagrams) => {
        heard.refused += datagrams;
      },
    },
    waiting: [],
    refused: 0,
  };
  return heard;
}
