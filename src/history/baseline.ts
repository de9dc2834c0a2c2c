// What a new row is compared with. Rows of one and the same counting go on from each other, and that is nearly always so, also when a
// deployment has moved to another replica, which goes on where its row is. It is not so for a slot that began anew, nor for the first row
// of a replica that has counted for long.

import { isOfPeer, type Row } from "../table/row.ts";
import {
  type Accounted,
  accountedOf,
  checksSince,
  hasGoneBack,
  nothingAccounted,
} from "./accounted.ts";
import { addCount, countOf } from "./sparse-counts.ts";

/** With it, what the row counted that is to be accounted for is the difference. */
export function baselineOf(last: Accounted, row: Row): Accounted {
  if (isOfPeer(row)) return baselineOfPeer(last, row);
  // When counters went back, all of them are new.
  return hasGoneBack(last, row) ? { ...nothingAccounted, state: last.state } : last;
}

/** What a peer counted before it was listened to was not seen: of a row that does not go on from the last one, its last outcome counts. */
function baselineOfPeer(last: Accounted, row: Row): Accounted {
  const goesOn = !hasGoneBack(last, row);
  if (goesOn && (last.isOfPeer || checksSince(last, row) <= 1)) return last;
  const { state, transitions, lastCheckMs, servedModel } = last;
  const now = accountedOf(row);
  const before = { ...now, state, transitions, lastCheckMs, servedModel };
  if (row.lastCheckMs <= lastCheckMs || countOf(now.classes, row.outcomeClass) === 0) {
    return { ...before, lastCheckMs: row.lastCheckMs };
  }
  const classes = [...now.classes];
  addCount(classes, row.outcomeClass, -1);
  return { ...before, classes };
}
