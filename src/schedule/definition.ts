// What a thread has to know of a deployment to ask it, in little room. Deployments of one fleet are alike but for model, address
// and key: all else is one text that they share, and the rest is a short text of each one's own. With 100,000 deployments a thread
// keeps half a kilobyte of each in all (`bun run bench threadMemory`), where parsed ones and their rows took 3.3 KB.

import type { Deployment, ProbeTarget } from "../registry/deployment.ts";
import type { Asked, DeploymentList } from "../registry/deployment-list.ts";

/** A deployment that can be asked. `intervalMs` 0: on request only. */
export type Definition = Pick<
  Deployment,
  "lanes" | "deadlines" | "price" | "plan" | "intervalMs"
> & {
  readonly target: ProbeTarget;
};

/** A definition as two texts. */
export interface PackedDefinition {
  /** What many deployments have in common. */
  readonly shared: string;
  /** An `Asked`, as JSON. */
  readonly own: string;
}

export function pack({ target, lanes, ...rest }: Definition): PackedDefinition {
  const { deadlines, price, plan, intervalMs } = rest;
  const own: Asked = [target.model, target.baseUrl, target.apiKey, lanes.host, lanes.key];
  const shared: Definition = {
    target: { ...target, model: "", baseUrl: "", apiKey: null },
    lanes: { provider: lanes.provider, host: "", key: "" },
    deadlines,
    price,
    plan,
    intervalMs,
  };
  return { shared: JSON.stringify(shared), own: JSON.stringify(own) };
}

const sharedTexts = new WeakMap<Deployment, string>();

/** The definition of a deployment in a list; what it shares is spelled out once. */
export function packListed(list: DeploymentList, place: number): PackedDefinition | null {
  const common = list.commonAt(place);
  const { target, lanes, deadlines, price, plan, intervalMs } = common;
  if (target === null) return null;
  const known = sharedTexts.get(common);
  const shared = known ?? pack({ target, lanes, deadlines, price, plan, intervalMs }).shared;
  if (known === undefined) sharedTexts.set(common, shared);
  return { shared, own: list.askedTextAt(place) };
}

/** A text that some deployments share, as long as one of them is kept. */
export interface SharedPart {
  readonly text: string;
  readonly intervalMs: number;
  uses: number;
  parsed: Definition | null;
}

/** What is kept of a deployment: its two texts, and the definition itself where there is room for it. */
export interface KeptDefinition {
  shared: SharedPart;
  own: string;
  known: Definition | null;
}

/** Definitions, and likewise shared parts, that are kept ready to use. A usual fleet is parsed once; of a larger one, the rest each time. */
const knownMax = 4096;

export class Definitions {
  readonly #shared = new Map<string, SharedPart>();
  #parsedCount = 0;
  #knownCount = 0;

  /** The shared part that is this text, for one more deployment. */
  share(text: string): SharedPart {
    let part = this.#shared.get(text);
    if (part === undefined) {
      const parsed = JSON.parse(text) as Definition;
      const isReady = this.#parsedCount < knownMax;
      if (isReady) this.#parsedCount += 1;
      part = { text, intervalMs: parsed.intervalMs, uses: 0, parsed: isReady ? parsed : null };
      this.#shared.set(text, part);
    }
    part.uses += 1;
    return part;
  }

  /** Lets go of a deployment that is kept no more. */
  forget(kept: KeptDefinition): void {
    if (kept.known !== null) this.#knownCount -= 1;
    kept.known = null;
    const { shared } = kept;
    shared.uses -= 1;
    if (shared.uses > 0) return;
    if (shared.parsed !== null) this.#parsedCount -= 1;
    this.#shared.delete(shared.text);
  }

  /** The whole definition. It is the same object only where there was room to keep it. */
  of(kept: KeptDefinition): Definition {
    if (kept.known !== null) return kept.known;
    const definition = unpack(kept);
    if (this.#knownCount < knownMax) {
      this.#knownCount += 1;
      kept.known = definition;
    }
    return definition;
  }
}

function unpack({ shared, own }: KeptDefinition): Definition {
  const { target, lanes, deadlines, price, plan, intervalMs } =
    shared.parsed ?? (JSON.parse(shared.text) as Definition);
  const [model, baseUrl, apiKey, host, key] = JSON.parse(own) as Asked;
  return {
    target: { ...target, model, baseUrl, apiKey },
    lanes: { provider: lanes.provider, host, key },
    deadlines,
    price,
    plan,
    intervalMs,
  };
}
