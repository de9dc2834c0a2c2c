// The fleet as its routes show it: entries, what a client chose of them, the service's own condition, and the status code
// that follows. One for all routes, so that they agree.

import { type Condition, conditionOf, countStale } from "./condition.ts";
import type { ServerContext } from "./context.ts";
import { createFragments, type Fragments } from "./fragments.ts";
import { type Selection, type SelectionQuery, select } from "./selection.ts";
import { split } from "./view.ts";

/** How often all slots are looked through for overdue probes. */
export const staleCheckMs = 1000;

export type FailOn = "any" | "all" | "none";

export interface FleetView {
  readonly fragments: Fragments;
  condition(): Condition;
  select(query: SelectionQuery): Selection;
}

export function createFleetView(context: ServerContext): FleetView {
  const { directory, reader, table, clock, settings } = context;
  const fragments = createFragments(table, reader, directory, () => settings().healthCheckDetails);
  const groupOf = (slot: number) => directory.at(slot)?.modelName ?? "";
  let stale = 0;
  let staleCheckedMs = Number.NEGATIVE_INFINITY;

  return {
    fragments,
    condition() {
      const nowMs = clock.monotonicMs();
      if (nowMs - staleCheckedMs >= staleCheckMs) {
        staleCheckedMs = nowMs;
        stale = countStale(directory, reader, settings().staleAfterMs, clock.wallMs());
      }
      return conditionOf(
        context.dependencies,
        settings().healthStatusPolicy,
        stale,
        fragments.all(),
        groupOf,
      );
    },
    select: (query) => select(query, fragments.all(), directory, settings().modelGroupAlias),
  };
}

/** 200 or 503 for a selection; `fail_on` is the client's choice and beats everything else. */
export function statusOf(
  { matching, targeted }: Pick<Selection, "matching" | "targeted">,
  serviceHealthy: boolean,
  failOn: FailOn | undefined,
): number {
  const counts = split(matching);
  const none = counts.healthy.length === 0;
  switch (failOn) {
    case "none":
      return 200;
    case "any":
      return counts.unhealthy.length > 0 ? 503 : 200;
    case "all":
      return none && counts.unhealthy.length > 0 ? 503 : 200;
    case undefined:
      return serviceHealthy && !(targeted && none) ? 200 : 503;
    default:
      return failOn satisfies never;
  }
}
