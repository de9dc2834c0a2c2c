// OpenAI's API, which most providers speak; where one of them has a path of its own, its row says so.
// (platform.openai.com/docs/api-reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { providers } from "../../registry/providers/all.ts";
import { openaiFamily, openaiHeaders } from "../openai/family.ts";
import { freeQuestion } from "../openai/free.ts";
import { operations } from "../openai/operations.ts";
import { isAtHome, placeAt } from "../place.ts";
import { isTranscription } from "../realtime.ts";
import { root } from "../url.ts";

const realtime = "/realtime";
const paths = [...Object.values(operations).map(({ path }) => path), realtime];

export const openai = openaiFamily({
  url: (target, path) => placeAt(atBase(target), ownPath(target) ?? path),
  realtimeUrl(target) {
    const asked = new URLSearchParams(
      isTranscription(target) ? { intent: "transcription" } : { model: target.model },
    ).toString();
    return `${placeAt(atBase(target), realtime)}?${asked}`;
  },
  free: freeQuestion(paths, openaiHeaders),
});

/** At its base, without the operation that an operator wrote into it. */
function atBase(target: ProbeTarget): ProbeTarget {
  return { ...target, baseUrl: root(target.baseUrl, paths) };
}

/** Where the provider is asked in this mode, if not where OpenAI is. */
function ownPath(target: ProbeTarget): string | undefined {
  const row = providers[target.provider];
  const named = row?.pathsByName?.find(([name]) => name.test(target.model))?.[1][target.mode];
  if (named !== undefined) return named;
  const place = row?.paths?.[target.mode];
  if (place === undefined || typeof place === "string") return place;
  return isAtHome(target) ? place.own : place.elsewhere;
}
