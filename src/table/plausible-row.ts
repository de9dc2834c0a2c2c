// Whether bytes that came from elsewhere can be a row that a prober thread has written: whole, every number within what it counts, no
// time that has not come yet. Another process may be broken, or its clock may; what it says must not break those who show it.

import { isUtf8 } from "node:buffer";
import {
  namesLengthWord,
  regionBytesMax,
  type ScalarName,
  scalarNames,
  servedModelBytesMax,
  textWord,
} from "./layout.ts";
import { outcomeClassesMax } from "./outcome-class.ts";
import { sources, states } from "./row.ts";
import { isRow, scalarOfBytes } from "./row-words.ts";
import { dayOf } from "./spending.ts";

/** What the clocks of two machines may differ by. */
export const clockSkewMaxMs = 5 * 60_000;

/** A later time has no date. */
const dateMaxMs = 8.64e15;
const outcomeBitsMax = 64;

/** The largest value of what does not go up to the largest whole number, at this wall time. */
function boundsAt(wallMs: number): Partial<Record<ScalarName, number>> {
  const nowMs = wallMs + clockSkewMaxMs;
  return {
    state: states.length - 1,
    // A newer version may know more than this one, as far as a row has room.
    outcomeClass: outcomeClassesMax - 1,
    source: sources.length - 1,
    sinceMs: nowMs,
    lastCheckMs: nowMs,
    lastSuccessMs: nowMs,
    lastPaidSeconds: nowMs / 1000,
    nextDueMs: dateMaxMs,
    holdUntilMs: dateMaxMs,
    certificateEndMs: dateMaxMs,
    spentDay: dayOf(nowMs),
    outcomeBitsCount: outcomeBitsMax,
  };
}

export function isPlausibleRow(bytes: Uint8Array, wallMs: number): boolean {
  if (!isRow(bytes)) return false;
  const bounds = boundsAt(wallMs);
  for (const name of scalarNames) {
    const value = scalarOfBytes(bytes, name);
    if (value < 0 || value > (bounds[name] ?? Number.MAX_SAFE_INTEGER)) return false;
  }
  return areTexts(bytes);
}

function areTexts(bytes: Uint8Array): boolean {
  const text = bytes.subarray(textWord * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengths = view.getUint32(namesLengthWord * 4, true);
  const model = lengths & 255;
  const region = lengths >>> 8;
  const areNames = model <= servedModelBytesMax && region <= regionBytesMax;
  return areNames && model + region <= text.length && isUtf8(text);
}
