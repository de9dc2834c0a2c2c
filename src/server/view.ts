// Whole answers, rendered from the table once a change and not once a request.
//
// While the fleet is being probed hard, the table changes all the time. So a rendering is used again until the table
// has changed AND ten times what it cost has passed: rendering never takes more than a tenth of the thread,
// and an answer is never older than `staleRenderMaxMs`.

import type { Clock } from "../clock.ts";
import { type Body, bodyOf } from "./body.ts";
import type { Condition } from "./condition.ts";
import { listOf } from "./entry.ts";
import type { Fragment } from "./fragments.ts";
import type { Selection } from "./selection.ts";

const costShare = 10;
const staleRenderMaxMs = 250;
/** Looking whether anything changed costs a little too: once a millisecond is enough. */
const lookMs = 1;

export interface View<T> {
  /** The rendering; made anew when its revision has changed and its budget allows. */
  get(): T;
}

/** Keeps what `render` makes until `revision` changes (see the head of this file). */
export function createView<T>(revision: () => string, render: () => T, clock: Clock): View<T> {
  let kept: { readonly value: T; readonly revision: string; untilMs: number } | null = null;
  return {
    get() {
      const startMs = clock.monotonicMs();
      if (kept !== null && startMs < kept.untilMs) return kept.value;
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

/** The body of /health for these entries, with `more` behind the counts. */
export function renderHealth(
  condition: Condition,
  version: string,
  selection: Pick<Selection, "page" | "matching" | "nextCursor">,
  more: Readonly<Record<string, number>> = {},
): Body {
  const { healthy, db, redis, litellmVersion, reasons } = condition;
  const head = JSON.stringify({
    status: healthy ? "healthy" : "unhealthy",
    db,
    redis,
    litellm_version: litellmVersion,
    version,
  }).slice(0, -1);
  const lists = split(selection.page);
  const counts = split(selection.matching);
  const tail = JSON.stringify({
    healthy_count: counts.healthy.length,
    unhealthy_count: counts.unhealthy.length,
    unknown_count: counts.unknown.length,
    ...more,
    ...(reasons.length > 0 ? { reasons } : {}),
    ...(selection.nextCursor === null ? {} : { next_cursor: selection.nextCursor }),
  }).slice(1);
  return bodyOf(
    `${head},"healthy_endpoints":[${lists.healthy.join(",")}]` +
      `,"unhealthy_endpoints":[${lists.unhealthy.join(",")}]` +
      `,"unknown_endpoints":[${lists.unknown.join(",")}],${tail}`,
  );
}

/** The body of /health/models for these entries. */
export function renderModels(selection: Pick<Selection, "page" | "nextCursor">): Body {
  const lists = split(selection.page);
  const cursor =
    selection.nextCursor === null ? "" : `,"next_cursor":${JSON.stringify(selection.nextCursor)}`;
  return bodyOf(
    `{"healthy":[${lists.healthy.join(",")}],"unhealthy":[${lists.unhealthy.join(",")}]` +
      `,"unknown":[${lists.unknown.join(",")}]${cursor}}`,
  );
}

/** Everything on one page. */
export function everything(fragments: readonly Fragment[]) {
  return { page: fragments, matching: fragments, nextCursor: null };
}

export function split(fragments: readonly Fragment[]) {
  const lists = { healthy: [] as string[], unhealthy: [] as string[], unknown: [] as string[] };
  for (const { state, text } of fragments) lists[listOf(state)].push(text);
  return lists;
}
