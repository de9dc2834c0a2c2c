// Which deadline counts in which phase, and what its passing means.

import type { Deadlines } from "../registry/deployment.ts";
import type { OutcomeClass } from "../table/outcome-class.ts";
import type { Phase } from "./errors.ts";

export interface Deadline {
  /** From the start of the exchange. */
  readonly afterMs: number;
  readonly class: OutcomeClass;
  /** What has not come. */
  readonly what: string;
}

/** `awaited` is what the body is read for. */
export function deadlineOf(phase: Phase, deadlines: Deadlines, awaited: string): Deadline {
  const { connectMs, firstByteMs, totalMs } = deadlines;
  const connecting = Math.min(connectMs, totalMs);
  switch (phase) {
    case "dns":
      return { afterMs: connecting, class: "dns", what: "the host name did not resolve" };
    case "connect":
      return { afterMs: connecting, class: "connect", what: "no connection" };
    case "tls":
      return { afterMs: connecting, class: "tls", what: "no TLS handshake" };
    case "request":
      return {
        afterMs: Math.min(firstByteMs, totalMs),
        class: "timeout_first_byte",
        what: "no first byte",
      };
    case "body":
      return { afterMs: totalMs, class: "timeout_total", what: `no ${awaited}` };
    default:
      return phase satisfies never;
  }
}
