// When the deployments that a thread takes over are asked first, and the messages that bring them to it.

import type { DeploymentList } from "../registry/deployment-list.ts";
import type { Registry } from "../registry/registry.ts";
import { batchOfPacked, type Turn } from "../schedule/assignment.ts";
import { packListed } from "../schedule/definition.ts";
import { longestHoldMs } from "../schedule/holds.ts";
import { firstDelayMs, gridDelayMs } from "../schedule/plan.ts";
import type { SlotReader } from "../table/reader.ts";
import type { ToThread } from "./messages.ts";

/**
 * `fresh`: never asked by this process, spread by the start rate, those first of which least is known; what was
 * restored waits until it is due. `resume`: when the table says they are due, and one interval after the other from there; those of
 * which it does not say that as `fresh` ones are.
 */
export type TakeOver = "fresh" | "resume";

export interface PlacedTurn extends Turn {
  /** In the registry's list. */
  readonly place: number;
}

export interface TurnTerms {
  readonly registry: Registry;
  readonly reader: SlotReader;
  /** Which thread takes them over, and how many there are. */
  readonly thread: number;
  readonly threads: number;
  readonly startRatePerSecond: number;
  readonly wallMs: number;
  /** When a slot that began with a restored row was due (wall time), else 0. */
  readonly restoredDueMs: (slot: number) => number;
  /** With `resume`: what part of its interval later each is asked; see FleetOptions. */
  readonly shift: number;
}

/** Deployments in one message to a thread. */
const assignmentsMax = 250;

/** A plan that lies further ahead than so many intervals is made anew: a clock may have been set back since. */
const intervalsAheadMax = 2;

export function turnsOf(slots: readonly number[], how: TakeOver, terms: TurnTerms): PlacedTurn[] {
  const { registry, reader, thread, threads, startRatePerSecond, wallMs, restoredDueMs } = terms;
  const shift = how === "resume" ? terms.shift : 0;
  const count = slots.length * threads;
  const list = registry.list();
  const turns: PlacedTurn[] = [];
  const byAge = slots
    .map((slot) => ({ slot, checkedMs: reader.scalar(slot, "lastCheckMs").value }))
    .sort((a, b) => a.checkedMs - b.checkedMs);
  for (const { slot, checkedMs } of byAge) {
    const place = registry.placeOf(slot);
    if (place === null) continue;
    const { target, intervalMs } = list.commonAt(place);
    if (target === null) continue;
    const turn = turns.length * threads + thread;
    const soonestMs = firstDelayMs(turn, startRatePerSecond);
    const spreadMs = gridDelayMs((turn + shift * count) % count, count, intervalMs);
    const plannedMs = how === "resume" ? reader.scalar(slot, "nextDueMs").value : 0;
    if (plannedMs === 0) {
      const firstMs = Math.max(soonestMs, restoredDueMs(slot) - wallMs);
      const firstDelayMs = Math.min(firstMs, intervalMs + soonestMs);
      turns.push({ slot, place, firstDelayMs, gridDelayMs: spreadMs });
      continue;
    }
    const dueMs = plannedMs - wallMs;
    const pauseMs = Math.min(intervalMs, Math.max(0, plannedMs - checkedMs));
    const heldForMs = heldMs(reader, slot, wallMs);
    const isFar = dueMs > intervalMs * intervalsAheadMax;
    const laterMs = shifted(Math.max(soonestMs, dueMs), pauseMs, shift);
    const firstMs = isFar ? spreadMs : Math.max(soonestMs, laterMs);
    // What is overdue, or waits for the end of a hold, comes close together: its grid is spread anew.
    const keepsGrid = !isFar && dueMs > soonestMs && heldForMs <= 0;
    turns.push({
      ...{ slot, place },
      firstDelayMs: Math.max(firstMs, heldForMs),
      gridDelayMs: keepsGrid ? firstMs : spreadMs,
    });
  }
  return turns;
}

/**
 * Later by a part of the time between two questions, which is the interval, or less for one that is down. What then lies beyond it comes at
 * its begin: each of those who ask the same has a time of its own, and nobody waits longer than that.
 */
function shifted(dueMs: number, pauseMs: number, shift: number): number {
  const laterMs = dueMs + shift * pauseMs;
  return dueMs < pauseMs && laterMs >= pauseMs ? laterMs - pauseMs : laterMs;
}

/** How long the provider still wants to be left alone, as the table tells. */
function heldMs(reader: SlotReader, slot: number, wallMs: number): number {
  return Math.min(longestHoldMs, reader.scalar(slot, "holdUntilMs").value - wallMs);
}

/** Messages that are made when they are sent, in pieces: a copy of thousands of deployments at once would hold up the server's thread. */
export function assignMessages(
  list: DeploymentList,
  turns: readonly PlacedTurn[],
): (() => ToThread)[] {
  const messages: (() => ToThread)[] = [];
  for (let from = 0; from < turns.length; from += assignmentsMax) {
    const piece = turns.slice(from, from + assignmentsMax);
    messages.push(() => ({ type: "assign", batch: batchOfPacked(piece.flatMap(packed)) }));
  }
  return messages;

  function packed({ place, ...turn }: PlacedTurn) {
    const definition = packListed(list, place);
    return definition === null ? [] : [{ ...turn, ...definition }];
  }
}
