// What a replica has others do: to ask now, to hear of real requests, to leave a key alone. Here it is about slots, between replicas
// about keys, as slots are a process' own. An order goes to who asks the deployment; what arrives is checked word by word, and what
// is not ours by then is dropped: whoever gave the order waits for a bound only.

import { longestHoldMs } from "../schedule/holds.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";

export type Order =
  | { readonly type: "probe"; readonly slots: readonly number[]; readonly wanted: Wanted }
  | { readonly type: "passive"; readonly outcomes: readonly PassiveOutcome[] }
  | { readonly type: "hold"; readonly name: string; readonly forMs: number };

/** Deployments in one message. */
export const pieceMax = 256;
/** Bytes of a message that are looked at: keys are some 100 each, words twice that. */
const messageBytesMax = 4 * 1024 * 1024;
const wordsLengthMax = 1024;
const nameLengthMax = 1024;
const wantedWords: ReadonlySet<unknown> = new Set<Wanted>(["completion", "metadata", "usual"]);

type Json = Readonly<Record<string, unknown>>;

/** Messages of this order about these slots, made one at a time. `keyOf` is null for who is gone. */
export function* messagesOf(
  order: Order,
  from: string,
  keyOf: (slot: number) => string | null,
): Generator<string> {
  if (order.type === "hold") {
    yield JSON.stringify({ from, ...order });
    return;
  }
  const all = order.type === "probe" ? order.slots : order.outcomes;
  for (let at = 0; at < all.length; at += pieceMax) {
    if (order.type === "probe") {
      const keys = order.slots.slice(at, at + pieceMax).flatMap((slot) => keyOf(slot) ?? []);
      yield JSON.stringify({ from, type: "probe", keys, wanted: order.wanted });
    } else {
      const outcomes = order.outcomes.slice(at, at + pieceMax).flatMap(({ slot, ...outcome }) => {
        const key = keyOf(slot);
        return key === null ? [] : [{ key, ...outcome }];
      });
      yield JSON.stringify({ from, type: "passive", outcomes });
    }
  }
}

/** What a message asks of us; null when it is no order. Slots that `find` does not know (-1), or that are not ours, are left out. */
export function orderOf(
  message: Buffer,
  find: (key: string) => number,
  isOurs: (slot: number) => boolean,
): { readonly order: Order; readonly from: string } | null {
  const json = message.length > messageBytesMax ? null : objectOf(message);
  if (json === null || typeof json["from"] !== "string") return null;
  const order = bodyOf(json, (key) => {
    const slot = typeof key === "string" ? find(key) : -1;
    return slot >= 0 && isOurs(slot) ? slot : null;
  });
  return order === null ? null : { order, from: json["from"] };
}

function bodyOf(json: Json, slotOf: (key: unknown) => number | null): Order | null {
  switch (json["type"]) {
    case "probe": {
      const { keys, wanted } = json;
      if (!isPiece(keys) || !wantedWords.has(wanted)) return null;
      return {
        type: "probe",
        slots: keys.flatMap((key) => slotOf(key) ?? []),
        wanted: wanted as Wanted,
      };
    }
    case "passive": {
      const { outcomes } = json;
      if (!isPiece(outcomes)) return null;
      return { type: "passive", outcomes: outcomes.flatMap((one) => outcomeOf(one, slotOf) ?? []) };
    }
    case "hold": {
      const { name, forMs } = json;
      if (typeof name !== "string" || name.length > nameLengthMax || !isNumber(forMs)) return null;
      if (forMs <= 0 || forMs > longestHoldMs) return null;
      return { type: "hold", name, forMs };
    }
    default:
      return null;
  }
}

function outcomeOf(told: unknown, slotOf: (key: unknown) => number | null): PassiveOutcome | null {
  if (typeof told !== "object" || told === null) return null;
  const { key, outcome, atMs, decided, words } = told as Json;
  const slot = slotOf(key);
  if (slot === null || typeof outcome !== "string" || !Object.hasOwn(outcomeClasses, outcome)) {
    return null;
  }
  if (!isNumber(atMs) || atMs < 0 || typeof decided !== "boolean") return null;
  if (typeof words !== "string") return null;
  const cut = words.slice(0, wordsLengthMax);
  return { slot, outcome: outcome as OutcomeClass, atMs, decided, words: cut };
}

function isPiece(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= pieceMax;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function objectOf(message: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(message.toString());
    return typeof value === "object" && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}
