// The state and the rendered entry of every deployment, kept up with the table by its log of changes: after one probe one state is
// read and one entry rendered, however large the fleet is. Where anything may have changed (a new list, a log that does not reach
// back), all states are looked at anew: those of a usual fleet at once, those of a large one a slice at a time.

import type { Directory } from "../registry/directory.ts";
import { followChanges } from "../table/changes.ts";
import type { SlotReader } from "../table/reader.ts";
import { emptyRow, type State, states } from "../table/row.ts";
import { epochOf, type Table } from "../table/table.ts";
import { entryOf, type ListName, listOf } from "./entry.ts";

export type Counts = Record<ListName, number>;

export interface FleetStates {
  /** Catches up with the table. Cheap; whoever reads what follows calls it first. */
  follow(): void;
  state(slot: number): State;
  /** All deployments by list. */
  counts(): Counts;
  /** The entry as JSON. */
  text(slot: number): string;
  /**
   * The entry as it was rendered last, when that was for this list and a newer one is not; else the entry as it is now.
   * For an answer whose lists were settled a moment ago.
   */
  textFor(slot: number, list: ListName): string;
  /** Slots by list, in the order of the configuration: as they are now, and as they stay in the answer that is made of them. */
  lists(): Readonly<Record<ListName, readonly number[]>>;
  /** Changes when any entry may have changed. */
  revision(): string;
}

export interface FleetStatesOptions {
  readonly table: Table;
  readonly reader: SlotReader;
  readonly directory: Directory;
  /** Whether entries show more than model, status and error. */
  readonly details: () => boolean;
  readonly later?: (task: () => void) => void;
}

/** States that are read in one go. */
const sliceMax = 4096;

interface Entry {
  readonly sequence: number;
  readonly list: ListName;
  readonly text: string;
}

const unwritten = emptyRow();
const listNames: readonly ListName[] = states.map(listOf);

export function createFleetStates(options: FleetStatesOptions): FleetStates {
  const { table, reader, directory, details } = options;
  const later = options.later ?? setImmediate;
  const changes = followChanges(table);
  let codes = new Uint8Array(0);
  let entries: (Entry | undefined)[] = [];
  let counts: Counts = { healthy: 0, unhealthy: 0, unknown: 0 };
  let shape = "";
  /** Place in the list from which states are to be looked at anew; null when none are. */
  let renewFrom: number | null = null;
  let isRenewing = false;

  const shapeNow = () => `${directory.generation()}.${details()}`;

  /** Between a reload and a slot's first row, the slot still tells of somebody else. */
  function codeIn(slot: number): number {
    const { identity, value } = reader.scalar(slot, "state");
    return identity === directory.at(slot)?.identity ? value : 0;
  }

  function renewState(slot: number): void {
    const before = codes[slot] ?? 0;
    const now = codeIn(slot);
    if (before === now) return;
    codes[slot] = now;
    counts[listNames[before] ?? "unknown"] -= 1;
    counts[listNames[now] ?? "unknown"] += 1;
  }

  function renewSlice(): void {
    const slots = directory.slots();
    const from = renewFrom ?? 0;
    const end = Math.min(slots.length, from + sliceMax);
    for (let index = from; index < end; index += 1) renewState(slots[index] as number);
    renewFrom = end < slots.length ? end : null;
    if (renewFrom === null || isRenewing) return;
    isRenewing = true;
    later(() => {
      isRenewing = false;
      if (renewFrom !== null) renewSlice();
    });
  }

  function takeOver(): void {
    const slots = directory.slots();
    shape = shapeNow();
    codes = new Uint8Array(slots.reduce((most, slot) => Math.max(most, slot), -1) + 1);
    entries = [];
    counts = { healthy: 0, unhealthy: 0, unknown: slots.length };
    renewFrom = 0;
  }

  function render(slot: number): Entry {
    const { sequence, identity, row } = reader.read(slot);
    const listed = directory.at(slot);
    const shown = identity === listed?.identity ? row : unwritten;
    const text = listed === null ? "{}" : JSON.stringify(entryOf(listed, shown, details()));
    const entry: Entry = { sequence, list: listNames[shown.state] ?? "unknown", text };
    entries[slot] = entry;
    return entry;
  }

  function fresh(slot: number): Entry {
    const known = entries[slot];
    return known !== undefined && known.sequence === reader.sequence(slot) ? known : render(slot);
  }

  return {
    follow() {
      if (shape !== shapeNow()) takeOver();
      const isComplete = changes.take((slot) => {
        if (directory.at(slot) !== null) renewState(slot);
      });
      if (!isComplete) renewFrom = 0;
      if (renewFrom !== null) renewSlice();
    },
    state: (slot) => states[codes[slot] ?? 0] ?? "unknown",
    counts: () => counts,
    text: (slot) => fresh(slot).text,
    textFor(slot, list) {
      const before = entries[slot];
      const now = fresh(slot);
      return now.list !== list && before?.list === list ? before.text : now.text;
    },
    lists() {
      const lists = { healthy: [] as number[], unhealthy: [] as number[], unknown: [] as number[] };
      for (const slot of directory.slots()) {
        const list = listNames[codes[slot] ?? 0] ?? "unknown";
        lists[list].push(slot);
        // One whose entry tells of another list is rendered before that changes again.
        const entry = entries[slot];
        if (entry !== undefined && entry.list !== list) render(slot);
      }
      return lists;
    },
    revision: () => `${epochOf(table)}.${shapeNow()}`,
  };
}
