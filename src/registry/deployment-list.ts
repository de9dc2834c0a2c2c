// Many deployments in little room: what a list holds of each is bytes, and one at a time is made an object. Deployments of one fleet
// are alike but for names, address and key: all else is one text that they share, the rest a short text of each one's own. A list
// of 100,000 takes 20 MB and nothing of the garbage collector's time, where objects took 90; it goes from thread to thread without a copy.

import { commonsOf } from "./common-part.ts";
import type { Deployment, Lanes } from "./deployment.ts";

/** A list as it travels; it carries credentials. */
export interface PackedDeployments {
  /** What many have in common, as JSON. */
  readonly shared: readonly string[];
  /** By place: which of these. */
  readonly sharedOf: Uint32Array<ArrayBuffer>;
  /** By place: where what is shown of it ends, and where what it is asked with. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** The own texts, as JSON in UTF-8, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What of a deployment's own may be shown. */
export type Shown = Pick<Deployment, "key" | "modelId" | "modelName" | "model" | "apiBase">;

type ShownText = [
  key: string,
  modelId: string,
  modelName: string,
  model: string,
  apiBase: string | null,
];

/** What of a deployment's own a probe needs; `host` and `credential` are lanes. */
export type Asked = [
  model: string,
  baseUrl: string,
  apiKey: string | null,
  host: string,
  credential: string,
];

const encoder = new TextEncoder();
const bytesEach = 256;
/** A character is three bytes at most. */
const utf8Max = 3;
/** Deployments that are kept as objects once they were asked for: a usual fleet's all. */
const knownMax = 4096;

export function packDeployments(deployments: readonly Deployment[]): PackedDeployments {
  const commons = commonsOf();
  const sharedOf = new Uint32Array(deployments.length);
  const ends = new Uint32Array(2 * deployments.length);
  let bytes = new Uint8Array(deployments.length * bytesEach);
  let end = 0;
  for (const [index, deployment] of deployments.entries()) {
    sharedOf[index] = commons.placeOf(deployment);
    const shown = JSON.stringify(shownOf(deployment));
    const own = shown + JSON.stringify(askedOf(deployment));
    if (end + own.length * utf8Max > bytes.length) {
      const more = new Uint8Array(2 * bytes.length + own.length * utf8Max);
      more.set(bytes);
      bytes = more;
    }
    const { written } = encoder.encodeInto(own, bytes.subarray(end));
    const isAscii = written === own.length;
    ends[2 * index] = end + (isAscii ? shown.length : Buffer.byteLength(shown));
    end += written;
    ends[2 * index + 1] = end;
  }
  return { shared: commons.texts(), sharedOf, ends, bytes: bytes.slice(0, end) };
}

/** What of a packed list is handed over, and not copied, with `postMessage`. */
export function transferOf({ sharedOf, ends, bytes }: PackedDeployments): ArrayBuffer[] {
  return [sharedOf.buffer, ends.buffer, bytes.buffer];
}

function shownOf({ key, modelId, modelName, model, apiBase }: Deployment): ShownText {
  return [key, modelId, modelName, model, apiBase];
}

function askedOf({ target, lanes }: Deployment): Asked {
  return target === null
    ? ["", "", null, lanes.host, lanes.key]
    : [target.model, target.baseUrl, target.apiKey, lanes.host, lanes.key];
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
    return this.#packed.sharedOf.length;
  }

  /** It is the same object only where there was room to keep it. */
  at(place: number): Deployment {
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const common = this.commonAt(place);
    const { key, modelId, modelName, model, apiBase } = this.shownAt(place);
    const [asked, baseUrl, apiKey, host, credential] = JSON.parse(this.askedTextAt(place)) as Asked;
    const deployment: Deployment = {
      ...common,
      ...{ key, modelId, modelName, model, apiBase },
      lanes: { provider: common.lanes.provider, host, key: credential },
      target: common.target === null ? null : { ...common.target, model: asked, baseUrl, apiKey },
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

  /** What it has of its own and may be shown; a third of the work of the whole. */
  shownAt(place: number): Shown {
    const [key, modelId, modelName, model, apiBase] = JSON.parse(
      this.#textOf(2 * place),
    ) as ShownText;
    return { key, modelId, modelName, model, apiBase };
  }

  keyAt(place: number): string {
    return this.shownAt(place).key;
  }

  lanesAt(place: number): Lanes {
    const [, , , host, key] = JSON.parse(this.askedTextAt(place)) as Asked;
    return { provider: this.commonAt(place).lanes.provider, host, key };
  }

  /** What a probe of it needs besides what it has in common, as the JSON of an `Asked`. */
  askedTextAt(place: number): string {
    return this.#textOf(2 * place + 1);
  }

  /** Whether two lists say the same of a deployment. */
  saysSame(place: number, other: DeploymentList, otherPlace: number): boolean {
    const sharedOf = (list: DeploymentList, at: number) =>
      list.#packed.shared[list.#packed.sharedOf[at] ?? 0];
    return (
      sharedOf(this, place) === sharedOf(other, otherPlace) &&
      this.#bytesAt(place).equals(other.#bytesAt(otherPlace))
    );
  }

  /** The own texts count from 0, two of each place. */
  #textOf(index: number): string {
    const { ends } = this.#packed;
    return this.#text.toString("utf8", ends[index - 1] ?? 0, ends[index]);
  }

  #bytesAt(place: number): Buffer {
    const { ends } = this.#packed;
    return this.#text.subarray(ends[2 * place - 1] ?? 0, ends[2 * place + 1]);
  }
}
