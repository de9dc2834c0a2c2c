// The requests of the targets that are asked again and again, each made once. A bounded number is kept, of a kilobyte or two each: of a
// thread with more targets than that, those that came first, until many others came that had no room.

import type { ProbeTarget } from "../registry/deployment.ts";
import { type HttpRequest, Prepared } from "../transport/transport.ts";
import { questionOf } from "./families.ts";

const requestsMax = 4096;
const missesMax = 64 * requestsMax;

/** Throws what a family throws for a target that it cannot ask. */
export function createRequests(): (target: ProbeTarget) => HttpRequest {
  const requests = new Map<ProbeTarget, HttpRequest>();
  let misses = 0;
  return (target) => {
    const known = requests.get(target);
    if (known !== undefined) return known;
    const request = questionOf(target).request(target);
    if (requests.size >= requestsMax) {
      misses += 1;
      if (misses < missesMax) return request;
      misses = 0;
      requests.clear();
    }
    const kept = { ...request, prepared: new Prepared() };
    requests.set(target, kept);
    return kept;
  };
}
