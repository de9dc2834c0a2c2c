// What deployments have in common: everything but names, address and key. It is spelled out once, and not for each of them: a few
// deployments that were spelled out before are kept as examples, and who agrees with one of them in every field has its text.

import type { Deployment } from "./deployment.ts";

export interface Commons {
  /** Which of the texts is this deployment's. */
  placeOf(deployment: Deployment): number;
  /** The common parts, as JSON; what they leave out is blank. */
  texts(): readonly string[];
}

const ownFields: ReadonlySet<string> = new Set([
  ...(["key", "modelId", "modelName", "model", "apiBase"] as const),
  // Looked at in parts.
  ...(["lanes", "target"] as const),
] satisfies (keyof Deployment)[]);
const ownOfTarget: ReadonlySet<string> = new Set(["model", "baseUrl", "apiKey"]);

interface Example {
  readonly deployment: Deployment;
  readonly place: number;
}

/** Examples with one price (a model's, as a rule) that are compared, and prices with examples. */
const examplesMax = 8;
const pricesMax = 4096;

export function commonsOf(): Commons {
  const places = new Map<string, number>();
  const examples = new Map<object, Example[]>();

  function spelledOut(deployment: Deployment): number {
    const text = JSON.stringify(commonOf(deployment));
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  }

  return {
    placeOf(deployment) {
      const alike = examples.get(deployment.price);
      const known = alike?.find((one) => isAlike(one.deployment, deployment));
      if (known !== undefined) return known.place;
      const place = spelledOut(deployment);
      if (alike !== undefined && alike.length < examplesMax) alike.push({ deployment, place });
      else if (alike === undefined && examples.size < pricesMax) {
        examples.set(deployment.price, [{ deployment, place }]);
      }
      return place;
    },
    texts: () => [...places.keys()],
  };
}

function commonOf(deployment: Deployment): Deployment {
  const { target, lanes } = deployment;
  return {
    ...deployment,
    ...{ key: "", modelId: "", modelName: "", model: "", apiBase: null },
    lanes: { provider: lanes.provider, host: "", key: "" },
    target: target === null ? null : { ...target, model: "", baseUrl: "", apiKey: null },
  };
}

function isAlike(one: Deployment, other: Deployment): boolean {
  if (one.lanes.provider !== other.lanes.provider) return false;
  if (!agree(one, other, ownFields)) return false;
  if (one.target === null || other.target === null) return one.target === other.target;
  return agree(one.target, other.target, ownOfTarget);
}

/** In every field but these; what is an object has to be the same one. */
function agree<T extends object>(one: T, other: T, but: ReadonlySet<string>): boolean {
  for (const name in one) if (one[name] !== other[name] && !but.has(name)) return false;
  for (const name in other) if (!(name in one)) return false;
  return true;
}
