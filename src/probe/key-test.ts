// Whether a list of models proves the key: where the provider's documents do not say so, its host is asked once with a wrong one.
// If everybody gets the list, it says nothing of anybody's key. Such a question names no account, is asked only after the right
// key was answered, and never again: it can lock nobody out.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import { classify } from "./classify.ts";
import { questionOf } from "./families.ts";
import { isUnprovenList } from "./openai/free.ts";
import { isSuccess } from "./reading.ts";

/**
 * Whether the answers of a host's list prove a key. `ask` is called where that is not known: true when the wrong key was refused,
 * false when it was answered, null when nothing can be told from what came.
 */
export type KeyTests = (host: string, ask: () => Promise<boolean | null>) => Promise<boolean>;

/** A host that gave no clear answer so often is believed to answer everybody. */
const triesMax = 3;
const hostsMax = 4096;

interface Tested {
  proves: boolean | null;
  tries: number;
  isUnderway: boolean;
}

export function createKeyTests(): KeyTests {
  const hosts = new Map<string, Tested>();
  return async (host, ask) => {
    let tested = hosts.get(host);
    if (tested === undefined) {
      if (hosts.size >= hostsMax) return false;
      tested = { proves: null, tries: 0, isUnderway: false };
      hosts.set(host, tested);
    }
    if (tested.proves !== null) return tested.proves;
    // What comes meanwhile is taken as it is; the next one knows.
    if (tested.isUnderway) return true;
    tested.isUnderway = true;
    tested.tries += 1;
    tested.proves = await ask();
    tested.isUnderway = false;
    if (tested.proves === null && tested.tries >= triesMax) tested.proves = false;
    return tested.proves ?? true;
  };
}

/** Those of this thread: a host is asked once by each. */
export const threadKeyTests: KeyTests = createKeyTests();

export const publicListRemark = "this list of models is for everybody: it does not test the key";

const wrongKey = "fleetpulse-asks-once-with-a-wrong-key";
const showsWho = /^(?:authorization|(?:x-)?api-key|cookie)$/;

/** The free question with a wrong key, and the host that is asked; null where the answer proves what it has to, or there is no key. */
export function wrongKeyQuestion(
  target: ProbeTarget,
): { readonly host: string; readonly request: HttpRequest } | null {
  if (target.rung !== "metadata" || !isUnprovenList(target)) return null;
  const { apiKey } = target;
  const others = Object.entries(target.headers).filter(
    ([name, value]) => !showsWho.test(name) && (apiKey === null || !value.includes(apiKey)),
  );
  const isShown = others.length < Object.keys(target.headers).length;
  if (apiKey === null && target.login === null && !isShown) return null;
  const asked = { ...target, apiKey: wrongKey, headers: Object.fromEntries(others) };
  const request = questionOf(asked).request(asked);
  return { host: new URL(request.url).host, request };
}

/** Null when it cannot be told. */
export function provesKey(provider: string, response: HttpResponse | null): boolean | null {
  if (response === null) return null;
  if (isSuccess(response)) return false;
  const isRefused = ["auth", "permission"].includes(classify(provider, response).class);
  return isRefused ? true : null;
}
