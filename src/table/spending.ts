// What probes have spent on this day (UTC) in all: three words of the table's header, to which every prober thread adds. So no
// thread needs to ask another, and one that dies takes nothing of it along.
//
// A sum that is too large for its word stays at the largest: it must not begin anew, as if nothing were spent.
//
// The first to notice a new day begins it. What another adds in the same microsecond may be lost, once a day.

import { spentDayWord, spentMicroUsdWord, spentTokensWord } from "./layout.ts";
import type { Table } from "./table.ts";

export interface Spent {
  readonly tokens: number;
  readonly nanoUsd: number;
}

const dayMs = 86_400_000;
const wordMax = 2 ** 31 - 1;
const nanoUsdMax = wordMax * 1000;

/** Days since the epoch. */
export function dayOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs);
}

/** Wall time at which the day after this one begins. */
export function nextDayMs(wallMs: number): number {
  return (dayOf(wallMs) + 1) * dayMs;
}

/** What all threads together have spent on this day. */
export function spentOn({ words }: Table, day: number): Spent {
  if (Atomics.load(words, spentDayWord) !== day) return { tokens: 0, nanoUsd: 0 };
  return {
    tokens: Math.max(0, Atomics.load(words, spentTokensWord)),
    nanoUsd: Math.max(0, Atomics.load(words, spentMicroUsdWord)) * 1000,
  };
}

/** A function that adds to it, or takes back what was set aside; parts of a micro-USD are kept until they are one. */
export function createSpending({ words }: Table): (day: number, spent: Spent) => void {
  let restNanoUsd = 0;

  function begin(day: number): void {
    const known = Atomics.load(words, spentDayWord);
    if (known === day) return;
    if (Atomics.compareExchange(words, spentDayWord, known, day) !== known) return;
    Atomics.store(words, spentTokensWord, 0);
    Atomics.store(words, spentMicroUsdWord, 0);
  }

  function add(word: number, amount: number): void {
    for (;;) {
      const before = Atomics.load(words, word);
      const after = within(before + amount, wordMax);
      if (Atomics.compareExchange(words, word, before, after) === before) return;
    }
  }

  return (day, { tokens, nanoUsd }) => {
    begin(day);
    restNanoUsd += within(nanoUsd, nanoUsdMax);
    const microUsd = Math.trunc(restNanoUsd / 1000);
    restNanoUsd -= microUsd * 1000;
    if (tokens !== 0) add(spentTokensWord, within(tokens, wordMax));
    if (microUsd !== 0) add(spentMicroUsdWord, microUsd);
  };
}

function within(amount: number, most: number): number {
  return Math.max(-most, Math.min(most, amount));
}
