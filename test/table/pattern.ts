// Rows whose every field follows from one number, so that a torn row gives itself away.

import { scalarNames, scalarWidths } from "../../src/table/layout.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";

export function patternRow(round: number): Row {
  const row = emptyRow();
  for (const [index, name] of scalarNames.entries()) {
    row[name] = scalarWidths[name] === 2 ? (round + index) * 4097 : (round + index) % 2 ** 31;
  }
  row.classCounts.fill(round);
  row.latencyBuckets.fill(round + 1);
  row.servedModel = `model-${round}`;
  row.region = `r${round % 7}`;
  row.text = `${round} `.repeat((round % 16) + 1);
  return row;
}

/** Rounds that threads repeat. */
export const roundsMax = 512;

/** The pattern of a round, for those who only read it. */
export function rowOfRound(round: number): Row {
  const known = rows[round % roundsMax];
  if (known !== undefined) return known;
  const row = patternRow(round % roundsMax);
  rows[round % roundsMax] = row;
  return row;
}
const rows: Row[] = [];

export function isTorn(row: Row): boolean {
  const round = row.state;
  const pattern = round < roundsMax ? rowOfRound(round) : patternRow(round);
  return (
    scalarNames.some((name) => row[name] !== pattern[name]) ||
    row.classCounts.some((count) => count !== round) ||
    row.latencyBuckets.some((count) => count !== round + 1) ||
    row.servedModel !== pattern.servedModel ||
    row.region !== pattern.region ||
    row.text !== pattern.text
  );
}
