// The time of an exchange: when it came how far, and by when it must come further.
//
// It is looked at when its first deadline has come; one that lies behind by then (the connection was made, the first byte
// came) makes room for the next. One whose next deadline is earlier than that is looked at earlier.

import type { Deadlines } from "../registry/deployment.ts";
import { deadlineMs, deadlineOf } from "./deadline.ts";
import { type DeadlineWheel, Watched } from "./deadline-wheel.ts";
import type { Phase } from "./errors.ts";
import { Marks } from "./marks.ts";
import type { Failure } from "./transport.ts";

export interface ExchangeTime {
  readonly nowMs: () => number;
  readonly deadlines: DeadlineWheel;
}

/** A deadline that is noticed this late is given as much again, once, to read what has come meanwhile. */
const stalledMs = 50;

export abstract class TimedExchange extends Watched {
  protected readonly marks: Marks;
  protected phase: Phase = "dns";
  /** What the body is read for. */
  protected awaited = "complete answer";
  readonly #deadlines: Deadlines;
  readonly #time: ExchangeTime;
  /** When the deadline is looked at; 0 before that is planned. */
  #lookMs = 0;
  #excused = false;

  constructor(deadlines: Deadlines, time: ExchangeTime) {
    super();
    this.#deadlines = deadlines;
    this.#time = time;
    this.marks = new Marks(time.nowMs());
  }

  protected abstract fail(failure: Failure): void;

  onResolved(): void {
    this.marks.resolvedMs = this.#time.nowMs();
    this.enter("connect");
  }

  onConnected(secures: boolean): void {
    this.marks.connectedMs = this.#time.nowMs();
    if (secures) this.enter("tls");
  }

  onSecured(): void {
    this.marks.securedMs = this.#time.nowMs();
  }

  onSent(): void {
    // An answer may begin before its request has ended: then there is no time from the one to the other.
    if (this.phase === "request") this.marks.sentMs = this.#time.nowMs();
  }

  /** From now on the deadlines are looked at. */
  protected watchDeadlines(): void {
    this.#lookMs = this.#dueMs();
    this.#time.deadlines.add(this, this.#lookMs);
  }

  protected unwatchDeadlines(): void {
    this.#time.deadlines.remove(this);
  }

  protected enter(phase: Phase): void {
    this.phase = phase;
    const dueMs = this.#dueMs();
    if (dueMs >= this.#lookMs) return;
    this.#lookMs = dueMs;
    this.#time.deadlines.remove(this);
    this.#time.deadlines.add(this, dueMs);
  }

  check(nowMs: number): number | null {
    const dueMs = this.#dueMs();
    if (nowMs < dueMs) {
      this.#lookMs = dueMs;
      return dueMs;
    }
    // One that is noticed late tells of this thread, not of the upstream, whose answer may be waiting to be read.
    if (nowMs - dueMs > stalledMs && !this.#excused) {
      this.#excused = true;
      this.#lookMs = nowMs + stalledMs;
      return this.#lookMs;
    }
    const late = deadlineOf(this.phase, this.#deadlines, this.awaited);
    const { afterMs, class: outcomeClass, what } = late;
    this.fail({ class: outcomeClass, text: `${what} within ${Math.round(afterMs)} ms` });
    return null;
  }

  #dueMs(): number {
    return this.marks.startMs + deadlineMs(this.phase, this.#deadlines);
  }
}
