// Which configured deployment served a request. By its id; where the proxy does not say it, by model group and address if only one
// deployment fits. What is not of this configuration keeps the names that are in it, and no others: whoever uses the proxy can put any
// text into a request's model.

import { safeUrl } from "../config/secret.ts";
import type { Entry } from "./entry.ts";

/** A configured deployment, as far as traffic is concerned. */
export interface Member {
  readonly slot: number;
  readonly modelId: string;
  readonly modelName: string;
  readonly provider: string;
  readonly apiBase: string | null;
}

export interface Origin {
  /** Null where an id says of no deployment alone that it was this one. */
  readonly slot: number | null;
  readonly modelId: string;
  readonly modelName: string;
  readonly provider: string;
}

/** In labels: a deployment that the configuration does not have. */
export const unknownId = "unknown";
/** In labels: whatever has no label of its own. */
export const otherLabel = "other";

interface List {
  readonly byId: Map<string, Origin>;
  /** By group and address; null where several fit. */
  readonly byPlace: Map<string, Origin | null>;
  readonly names: Set<string>;
  readonly providers: Set<string>;
}

export interface Attribution {
  /** Forgets what was put together and not finished. */
  begin(): void;
  add(members: readonly Member[]): void;
  /** What was added holds from now on. */
  replace(): void;
  isConfigured(modelId: string): boolean;
  originOf(entry: Pick<Entry, "modelId" | "modelName" | "apiBase" | "provider">): Origin;
}

export function createAttribution(): Attribution {
  let current = emptyList();
  let next = emptyList();
  return {
    begin() {
      next = emptyList();
    },
    add(members) {
      for (const member of members) {
        const same = next.byId.get(member.modelId);
        next.byId.set(member.modelId, same === undefined ? member : { ...same, slot: null });
        next.names.add(member.modelName);
        next.providers.add(member.provider);
        const place = placeOf(member.modelName, member.apiBase ?? "");
        next.byPlace.set(place, next.byPlace.has(place) ? null : member);
      }
    },
    replace() {
      current = next;
      next = emptyList();
    },
    isConfigured: (modelId) => current.byId.has(modelId),
    originOf({ modelId, modelName, apiBase, provider }) {
      const known =
        modelId !== null
          ? current.byId.get(modelId)
          : apiBase === ""
            ? null
            : current.byPlace.get(placeOf(modelName, apiBase));
      if (known !== null && known !== undefined) return known;
      return {
        slot: null,
        modelId: unknownId,
        modelName: current.names.has(modelName) ? modelName : otherLabel,
        provider: current.providers.has(provider) ? provider : otherLabel,
      };
    },
  };
}

function placeOf(modelName: string, apiBase: string): string {
  return `${modelName}\n${safeUrl(apiBase).replace(/\/+$/, "")}`;
}

function emptyList(): List {
  return { byId: new Map(), byPlace: new Map(), names: new Set(), providers: new Set() };
}
