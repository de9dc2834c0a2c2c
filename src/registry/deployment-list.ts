// Many deployments in little room: what a list holds of each is bytes, and one at a time is made an object. Deployments of one fleet
// are alike but for names, address and key: all else is one text that they share, the rest a short text of each one's own. A list
// of 100,000 takes 20 MB and nothing of the garbage collector's time, where objects took 90; it goes from thread to thread without a copy.

import type { Deployment, ProbeTarget } from "./deployment.ts";

/** A list as it travels; it carries credentials. */
export interface PackedDeployments {
  /** What many have in common, as JSON. */
  readonly shared: readonly string[];
  /** By place: which of these. */
  readonly sharedOf: Uint32Array<ArrayBuffer>;
  /** By place: where its own text ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** The own texts, as JSON in UTF-8, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Own = [
  key: string,
  modelId: string,
  modelName: string,
  model: string,
  apiBase: string | null,
  host: string,
  credential: string,
  ...target: [] | [model: string, baseUrl: string, apiKey: string | null],
];

const encoder = new TextEncoder();
const bytesEach = 256;
/** A character is three bytes at most. */
const utf8Max = 3;
/** Deployments that are kept as objects once they were asked for: a usual fleet's all. */
const knownMax = 4096;

export function packDeployments(deployments: readonly Deployment[]): PackedDeployments {
  const places = new Map<string, number>();
  const sharedOf = new Uint32Array(deployments.length);
  const ends = new Uint32Array(deployments.length);
  let bytes = new Uint8Array(deployments.length * bytesEach);
  let end = 0;
  for (const [index, deployment] of deployments.entries()) {
    const shared = JSON.stringify(commonOf(deployment));
    const place = places.get(shared) ?? places.size;
    places.set(shared, place);
    sharedOf[index] = place;
    const own = JSON.stringify(ownOf(deployment));
    if (end + own.length * utf8Max > bytes.length) {
      const more = new Uint8Array(2 * bytes.length + own.length * utf8Max);
      more.set(bytes);
      bytes = more;
    }
    end += encoder.encodeInto(own, bytes.subarray(end)).written;
    ends[index] = end;
  }
  return { shared: [...places.keys()], sharedOf, ends, bytes: bytes.slice(0, end) };
}

/** What of a packed list is handed over, and not copied, with `postMessage`. */
export function transferOf({ sharedOf, ends, bytes }: PackedDeployments): ArrayBuffer[] {
  return [sharedOf.buffer, ends.buffer, bytes.buffer];
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

function ownOf({ key, modelId, modelName, model, apiBase, lanes, target }: Deployment): Own {
  const asked: [] | [string, string, string | null] =
    target === null ? [] : [target.model, target.baseUrl, target.apiKey];
  return [key, modelId, modelName, model, apiBase, lanes.host, lanes.key, ...asked];
}

/** A list that cannot be changed. */
export class DeploymentList {
  readonly #packed: PackedDeployments;
  readonly #text: Buffer;
  readonly #common: (Deployment | undefined)[];
  readonly #known = new Map<number, Deployment>();

  constructor(packed: PackedDeployments) {
    const { bytes, shared } = packed;
    this.#packed = packed;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#common = shared.map(() => undefined);
  }

  static of(deployments: readonly Deployment[]): DeploymentList {
    return new DeploymentList(packDeployments(deployments));
  }

  get length(): number {
    return this.#packed.ends.length;
  }

  /** It is the same object only where there was room to keep it. */
  at(place: number): Deployment {
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const common = this.commonAt(place);
    const [key, modelId, modelName, model, apiBase, host, credential, ...asked] =
      this.#ownAt(place);
    const deployment: Deployment = {
      ...common,
      ...{ key, modelId, modelName, model, apiBase },
      lanes: { provider: common.lanes.provider, host, key: credential },
      target: targetOf(common.target, asked),
    };
    if (this.#known.size < knownMax) this.#known.set(place, deployment);
    return deployment;
  }

  /** What the deployment has in common with others; the rest of it is blank. Quick: it is one object for all of them. */
  commonAt(place: number): Deployment {
    const index = this.#packed.sharedOf[place] ?? 0;
    const common =
      this.#common[index] ?? (JSON.parse(this.#packed.shared[index] ?? "null") as Deployment);
    this.#common[index] = common;
    return common;
  }

  keyAt(place: number): string {
    return this.#ownAt(place)[0];
  }

  /** Whether two lists say the same of a deployment. */
  saysSame(place: number, other: DeploymentList, otherPlace: number): boolean {
    const sharedOf = (list: DeploymentList, at: number) =>
      list.#packed.shared[list.#packed.sharedOf[at] ?? 0];
    return (
      sharedOf(this, place) === sharedOf(other, otherPlace) &&
      this.#textAt(place).equals(other.#textAt(otherPlace))
    );
  }

  #ownAt(place: number): Own {
    const { ends } = this.#packed;
    return JSON.parse(this.#text.toString("utf8", ends[place - 1] ?? 0, ends[place])) as Own;
  }

  #textAt(place: number): Buffer {
    const { ends } = this.#packed;
    return this.#text.subarray(ends[place - 1] ?? 0, ends[place]);
  }
}

function targetOf(
  common: ProbeTarget | null,
  [model, baseUrl, apiKey]: [] | [string, string, string | null],
): ProbeTarget | null {
  if (common === null || model === undefined || baseUrl === undefined) return null;
  return { ...common, model, baseUrl, apiKey: apiKey ?? null };
}
