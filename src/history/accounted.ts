// What of a row is accounted for: what the next row is compared with. The rest of the row is not needed again, and there is one of these
// for every deployment.

import { emptyRow, isOfPeer, type Row } from "../table/row.ts";
import { type Counts, countOf } from "./sparse-counts.ts";

export type Accounted = Readonly<
  Pick<
    Row,
    | "state"
    | "transitions"
    | "lastCheckMs"
    | "promptTokens"
    | "completionTokens"
    | "costNanoUsd"
    | "costUnknownProbes"
    | "servedModel"
  >
> & {
  readonly classes: Counts;
  /** Another replica asked last. */
  readonly isOfPeer: boolean;
};

export const nothingAccounted = accountedOf(emptyRow());

export function accountedOf(row: Row): Accounted {
  const { state, transitions, lastCheckMs, promptTokens, completionTokens } = row;
  const classes: Counts = [];
  for (let code = 0; code < row.classCounts.length; code += 1) {
    const count = row.classCounts[code] ?? 0;
    if (count > 0) classes.push(code, count);
  }
  return {
    ...{ state, transitions, lastCheckMs, promptTokens, completionTokens, classes },
    ...{ costNanoUsd: row.costNanoUsd, costUnknownProbes: row.costUnknownProbes },
    servedModel: row.servedModel,
    isOfPeer: isOfPeer(row),
  };
}

/** Rows that tell something new; a row that was only planned anew does not. With `isShared`, who asks is told by it too. */
export function isNews(before: Accounted, row: Row, isShared: boolean): boolean {
  if (before.lastCheckMs !== row.lastCheckMs || before.state !== row.state) return true;
  if (isShared && before.isOfPeer !== isOfPeer(row)) return true;
  for (let code = 0; code < row.classCounts.length; code += 1) {
    if (countOf(before.classes, code) !== row.classCounts[code]) return true;
  }
  return false;
}

/** Counters that went back belong to a slot that began anew. Loops by index here and below: with callbacks the recorder takes a fifth more. */
export function hasGoneBack({ classes }: Accounted, row: Row): boolean {
  for (let at = 0; at < classes.length; at += 2) {
    if ((row.classCounts[classes[at] ?? 0] ?? 0) < (classes[at + 1] ?? 0)) return true;
  }
  return false;
}

/** Outcomes that the row counted since `before`. */
export function checksSince({ classes }: Accounted, { classCounts }: Row): number {
  let sum = 0;
  for (let code = 0; code < classCounts.length; code += 1) sum += classCounts[code] ?? 0;
  for (let at = 1; at < classes.length; at += 2) sum -= classes[at] ?? 0;
  return sum;
}
