// Entries that stand twice. Only such as have one id are compared: of a large fleet that is nobody.

import type { ModelEntry } from "../config/config.ts";

export interface Twins {
  /** How the entry is to those before: the only one of its id, one with the id of another, or the same in everything. */
  of(modelId: string, entry: ModelEntry): "none" | "other" | "same";
}

export function createTwins(): Twins {
  const firsts = new Map<string, ModelEntry>();
  /** Hashes, by id: the texts of many would be as large as their file. */
  const hashes = new Map<string, Set<bigint | number>>();
  return {
    of(modelId, entry) {
      const first = firsts.get(modelId);
      if (first === undefined) {
        firsts.set(modelId, entry);
        return "none";
      }
      const known = hashes.get(modelId) ?? new Set([hashOf(first)]);
      hashes.set(modelId, known);
      const hash = hashOf(entry);
      if (known.has(hash)) return "same";
      known.add(hash);
      return "other";
    },
  };
}

function hashOf({ modelName, params, info }: ModelEntry): bigint | number {
  return Bun.hash(JSON.stringify([modelName, params, info]));
}
