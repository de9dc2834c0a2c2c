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

/** How long after the start of an exchange the deadline of this phase is. */
export function deadlineMs(phase: Phase, { connectMs, firstByteMs, totalMs }: Deadlines): number {
  if (phase === "body") return totalMs;
  return Math.min(phase === "request" ? firstByteMs : connectMs, totalMs);
}

/** `awaited` is what the body is read for. */
export function deadlineOf(phase: Phase, deadlines: Deadlines, awaited: string): Deadline {
  const afterMs = deadlineMs(phase, deadlines);
  switch (phase) {
    case "dns":
      return { afterMs, class: "dns", what: "the host name did not resolve" };
    case "connect":
      return { afterMs, class: "connect", what: "no connection" };
    case "tls":
      return { afterMs, class: "tls", what: "no TLS handshake" };
    case "request":
      return { afterMs, class: "timeout_first_byte", what: "no first byte" };
    case "body":
      return { afterMs, class: "timeout_total", what: `no ${awaited}` };
    default:
      return phase satisfies never;
  }
}
