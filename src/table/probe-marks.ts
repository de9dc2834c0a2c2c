// What a row remembers of the questions that were asked, besides numbers: the bits of `probeMarks`.

import type { Row } from "./row.ts";

/** Bits are part of the table's layout: append, never renumber. */
export const probeMarks = {
  /** The last outcome is that of the free question. */
  free: 1,
  /** The paid question is asked next, whatever time it is. */
  confirm: 2,
  /** On the day of `spentDay` the free question proved nothing here: the paid one is asked in its place. */
  freeProvesNothing: 4,
  /** The budget of the deployment is spent for that day. */
  ownBudgetSpent: 8,
  /** The budget of all deployments is. */
  wholeBudgetSpent: 16,
  /** Nothing is asked before that day ends. */
  waits: 32,
  /** The model that answered is not the one that was asked. */
  otherModel: 64,
} as const;

export type ProbeMark = keyof typeof probeMarks;

export function hasMark({ probeMarks: bits }: Pick<Row, "probeMarks">, mark: ProbeMark): boolean {
  return (bits & probeMarks[mark]) !== 0;
}

export function setMark(row: Pick<Row, "probeMarks">, mark: ProbeMark, on: boolean): void {
  const bit = probeMarks[mark];
  row.probeMarks = on ? row.probeMarks | bit : row.probeMarks & ~bit;
}
