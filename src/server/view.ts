// Whole answers, rendered from the table once a change and not once a request.
//
// While the fleet is being probed hard, the table changes all the time. So a rendering is used again until the table
// has changed AND ten times what it cost has passed: rendering never takes more than a tenth of the thread,
// and an answer is never older than `staleRenderMaxMs`. Who waited for a check sees what came of it: when one has ended, whatever was
// rendered before is looked at again.

import type { Clock } from "../clock.ts";
import type { Condition } from "./condition.ts";
import type { ListName } from "./entry.ts";
import type { Counts } from "./fleet-states.ts";

const costShare = 10;
const staleRenderMaxMs = 250;
/** Looking whether anything changed costs a little too: once a millisecond is enough. */
const lookMs = 1;

export interface View<T> {
  /** The rendering; made anew when its revision has changed and its budget allows. */
  get(): T;
}

/** Keeps what `render` makes until `revision` changes (see the head of this file). */
export function createView<T>(
  revision: () => string,
  render: () => T,
  clock: Clock,
  checksEnded: () => number,
): View<T> {
  let kept: { readonly value: T; readonly revision: string; untilMs: number } | null = null;
  /** Checks that had ended when it was looked at. */
  let ended = 0;
  return {
    get() {
      const startMs = clock.monotonicMs();
      if (kept !== null && startMs < kept.untilMs && ended === checksEnded()) return kept.value;
      ended = checksEnded();
      const now = revision();
      if (kept !== null && kept.revision === now) {
        kept.untilMs = startMs + lookMs;
        return kept.value;
      }
      const value = render();
      const endMs = clock.monotonicMs();
      const pauseMs = Math.min(
        staleRenderMaxMs,
        Math.max(lookMs, (endMs - startMs) * (costShare - 1)),
      );
      kept = { value, revision: now, untilMs: endMs + pauseMs };
      return value;
    },
  };
}

/** Entries to show, by list; texts are made when their turn comes. */
export interface Shown {
  readonly lists: Readonly<Record<ListName, readonly number[]>>;
  readonly text: (slot: number, list: ListName) => string;
  readonly nextCursor: string | null;
}

/** The pieces of the body of /health, with `more` behind the counts. */
export function* renderHealth(
  condition: Condition,
  version: string,
  shown: Shown,
  counts: Counts,
  more: Readonly<Record<string, number>> = {},
): Generator<string> {
  const { healthy, db, redis, litellmVersion, reasons } = condition;
  const head = JSON.stringify({
    status: healthy ? "healthy" : "unhealthy",
    db,
    redis,
    litellm_version: litellmVersion,
    version,
  }).slice(0, -1);
  const tail = JSON.stringify({
    healthy_count: counts.healthy,
    unhealthy_count: counts.unhealthy,
    unknown_count: counts.unknown,
    ...more,
    ...(reasons.length > 0 ? { reasons } : {}),
    ...(shown.nextCursor === null ? {} : { next_cursor: shown.nextCursor }),
  }).slice(1);
  yield `${head},"healthy_endpoints":[`;
  yield* entriesOf("healthy", shown);
  yield '],"unhealthy_endpoints":[';
  yield* entriesOf("unhealthy", shown);
  yield '],"unknown_endpoints":[';
  yield* entriesOf("unknown", shown);
  yield `],${tail}`;
}

/** The pieces of the body of /health/models. */
export function* renderModels(shown: Shown): Generator<string> {
  yield '{"healthy":[';
  yield* entriesOf("healthy", shown);
  yield '],"unhealthy":[';
  yield* entriesOf("unhealthy", shown);
  yield '],"unknown":[';
  yield* entriesOf("unknown", shown);
  const { nextCursor } = shown;
  yield nextCursor === null ? "]}" : `],"next_cursor":${JSON.stringify(nextCursor)}}`;
}

function* entriesOf(list: ListName, { lists, text }: Shown): Generator<string> {
  let first = true;
  for (const slot of lists[list]) {
    yield first ? text(slot, list) : `,${text(slot, list)}`;
    first = false;
  }
}
