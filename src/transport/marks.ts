// When an exchange came how far, and what that makes of its phases. 0 is never.

import type { Phases } from "./transport.ts";

export class Marks {
  readonly startMs: number;
  resolvedMs = 0;
  connectedMs = 0;
  securedMs = 0;
  /** The connection was ready for the request. */
  begunMs = 0;
  sentMs = 0;
  firstByteMs = 0;
  firstTokenMs = 0;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  phases(nowMs: number): Phases {
    const begunMs = this.begunMs || this.startMs;
    const sentMs = this.sentMs || begunMs;
    return {
      dnsMs: between(this.startMs, this.resolvedMs),
      connectMs: between(this.resolvedMs || this.startMs, this.connectedMs),
      tlsMs: between(this.connectedMs, this.securedMs),
      sendMs: between(begunMs, this.sentMs),
      firstByteMs: between(sentMs, this.firstByteMs),
      firstTokenMs: between(sentMs, this.firstTokenMs),
      totalMs: nowMs - this.startMs,
    };
  }
}

function between(fromMs: number, toMs: number): number | null {
  return toMs === 0 ? null : toMs - fromMs;
}
