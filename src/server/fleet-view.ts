// The fleet as its routes show it: entries, what a client chose of them, the service's own condition, and the status code
// that follows. One for all routes, so that they agree.

import { type Condition, conditionOf } from "./condition.ts";
import type { ServerContext } from "./context.ts";
import { createFleetStates, type FleetStates } from "./fleet-states.ts";
import { type Selection, type SelectionQuery, select, type Verdict } from "./selection.ts";
import type { Shown } from "./view.ts";

export type FailOn = "any" | "all" | "none";

export interface FleetView {
  /** Kept up with the table whenever it is asked for. */
  fleet(): FleetStates;
  condition(): Condition;
  select(query: SelectionQuery): Selection;
  /** A check for which somebody waited has ended. */
  checkEnded(): void;
  /** How many have. */
  checksEnded(): number;
  /** The entries of these lists, ready to be rendered. */
  shown(lists: Shown["lists"], nextCursor?: string | null): Shown;
}

/** Following now and then keeps the log of changes from running away from a service that nobody asks. */
const followMs = 250;

export function createFleetView(context: ServerContext): FleetView {
  const { directory, reader, table, settings } = context;
  const details = () => settings().healthCheckDetails;
  const states = createFleetStates({ table, reader, directory, details });

  let ended = 0;

  function fleet(): FleetStates {
    states.follow();
    return states;
  }

  setInterval(() => {
    if (context.configured()) states.follow();
  }, followMs).unref();

  return {
    fleet,
    condition: () =>
      conditionOf(context.dependencies, settings().healthStatusPolicy, fleet(), directory),
    select: (query) => select(query, fleet(), directory, settings().modelGroupAlias),
    checkEnded() {
      ended += 1;
    },
    checksEnded: () => ended,
    shown: (lists, nextCursor = null) => ({ lists, text: states.textFor, nextCursor }),
  };
}

/** 200 or 503 for a selection; `fail_on` is the client's choice and beats everything else. */
export function statusOf(
  { counts, targeted }: Verdict,
  serviceHealthy: boolean,
  failOn: FailOn | undefined,
): number {
  const none = counts.healthy === 0;
  switch (failOn) {
    case "none":
      return 200;
    case "any":
      return counts.unhealthy > 0 ? 503 : 200;
    case "all":
      return none && counts.unhealthy > 0 ? 503 : 200;
    case undefined:
      return serviceHealthy && !(targeted && none) ? 200 : 503;
    default:
      return failOn satisfies never;
  }
}
