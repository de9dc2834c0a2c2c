// The accounts of all deployments that are followed, in the order of the list, in little room: what is kept of each is bytes, and one at a
// time is made an object. Of 100,000 that is a few large arrays and as many small ones, which the garbage collector does not look into.

import { type Account, openStanding, type Standing } from "./account.ts";
import { overMsOf } from "./closing.ts";
import type { Subject } from "./entries.ts";
import { pack, unpack } from "./packed-standing.ts";
import { Subjects } from "./subjects.ts";

export class Accounts {
  #subjects = new Subjects([]);
  /** By place; never changed, only replaced: those of whom nothing is known yet share one. */
  #packed: Uint8Array[] = [];
  /** By place: when `close` has something to do. */
  #overMs = new Float64Array(0);

  get length(): number {
    return this.#packed.length;
  }

  /** A copy, to be put back when it was changed. */
  at(place: number): Account {
    return { subject: this.#subjects.at(place), ...unpack(this.#packed[place] as Uint8Array) };
  }

  put(place: number, account: Account): void {
    this.#packed[place] = pack(account);
    this.#overMs[place] = overMsOf(account);
  }

  isOver(place: number, nowMs: number): boolean {
    return (this.#overMs[place] as number) <= nowMs;
  }

  /** Null when nobody with this key is followed. */
  placeOf(key: string): number | null {
    return this.#subjects.placeOf(key);
  }

  /** All keys; made when it is needed and gone again. */
  placesByKey(): Map<string, number> {
    return this.#subjects.placesByKey();
  }

  /**
   * These are followed from now on. Accounts of those who were go on; others begin as `before` says, or with nothing. Tells of the accounts
   * that are no more.
   */
  replace(
    subjects: readonly Subject[],
    nowMs: number,
    before: (key: string) => Standing | null,
    onGone: (account: Account) => void,
  ): void {
    const places = this.#subjects.placesByKey();
    const packed: Uint8Array[] = [];
    const overMs = new Float64Array(subjects.length);
    const unknown = openStanding(nowMs);
    const unknownPacked = pack(unknown);
    for (const [place, { key }] of subjects.entries()) {
      const was = places.get(key);
      if (was !== undefined) {
        places.delete(key);
        packed.push(this.#packed[was] as Uint8Array);
        overMs[place] = this.#overMs[was] as number;
        continue;
      }
      const standing = before(key);
      packed.push(standing === null ? unknownPacked : pack(standing));
      overMs[place] = overMsOf(standing ?? unknown);
    }
    for (const place of places.values()) onGone(this.at(place));
    this.#subjects = new Subjects(subjects);
    this.#packed = packed;
    this.#overMs = overMs;
  }
}
