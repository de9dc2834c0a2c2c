// What is known of a provider in one mode, where some of it is served elsewhere.

import type { Mode } from "../deployment.ts";
import type { ProviderRow } from "./row.ts";

export function rowInMode(row: ProviderRow, mode: Mode): ProviderRow {
  const changes = row.modes?.[mode];
  return changes === undefined ? row : { ...row, ...changes };
}
