// How a simulated deployment behaves. A behaviour is a word in the deployment's address, so that
// one server plays a whole fleet: http://host:port/<behaviour>-<number>/...

export const behaviours = {
  /** Answers after a latency of its own. */
  ok: "well",
  slow: "answers after seconds",
  hang: "accepts the request and never answers",
  auth: "refuses the key (401)",
  limited: "over its rate limit (429 with Retry-After)",
  error: "server error (500)",
  overloaded: "out of capacity (503)",
  garbage: "answers with something that is not HTTP",
  reset: "closes the connection in the middle of the answer",
  flapping: "well for half a minute, failing for the next",
  reasoning: "spends its whole allowance on thinking",
  filtered: "withholds the answer by a content filter",
  html: "answers 200 with a login page",
  missing: "does not know the model (404)",
} as const;

export type Behaviour = keyof typeof behaviours;

/** These need a listener that speaks raw bytes. */
export const rawBehaviours: readonly Behaviour[] = ["garbage", "reset"];

export interface Played {
  readonly behaviour: Behaviour;
  readonly number: number;
  /** What comes after the deployment's part of the path. */
  readonly path: string;
}

/** The deployment that a request is for, or null. */
export function playedBy(pathname: string): Played | null {
  const match = /^\/([a-z]+)-(\d+)(\/.*)?$/.exec(pathname);
  const behaviour = match?.[1];
  if (behaviour === undefined || !Object.hasOwn(behaviours, behaviour)) return null;
  return { behaviour: behaviour as Behaviour, number: Number(match?.[2]), path: match?.[3] ?? "/" };
}

const flapHalfMs = 30_000;

/** Whether a flapping deployment is well at this time; each has its own phase. */
export function isUp(number: number, nowMs: number): boolean {
  return Math.floor((nowMs + number * 7919) / flapHalfMs) % 2 === 0;
}

/**
 * Latency of a well deployment, milliseconds: each has its own level, most of them fast, and every
 * answer varies around it lognormally. The same deployment and answer give the same in every run.
 */
export function latencyOf(number: number, answer: number): number {
  const level = 40 + 400 * draw(number) ** 3;
  // The sum of three draws is nearly normal; doubled, its deviation is 1.
  const seed = number * 1_000_003 + answer * 3;
  const deviation = 2 * (draw(seed) + draw(seed + 1) + draw(seed + 2) - 1.5);
  return Math.round(level * Math.exp(0.25 * deviation));
}

/** From 0 to 1, looks random, depends on the seed alone (after the finalizer of MurmurHash3). */
export function draw(seed: number): number {
  let bits = Math.imul((seed + 1) ^ ((seed + 1) >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
