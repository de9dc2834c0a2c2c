// What every route of ours passes but liveliness: the key, the count, the errors. One place, so that no route can
// forget it.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { HttpTraffic } from "../metrics/http-traffic.ts";
import { type Access, isForeignPage } from "./foreign-page.ts";
import { problem, Refusal } from "./problem.ts";

export interface GateOptions {
  /** The key that requests must carry, or null when none is needed; and the host where one was given. */
  readonly access: () => Access;
  /** Paths that need no key; a trailing `*` takes everything below. */
  readonly publicRoutes: () => readonly string[];
  readonly traffic: HttpTraffic;
  readonly clock: Clock;
  /** Something that is our fault happened; the text is for the log. */
  readonly onFault: (text: string) => void;
}

export interface Gate {
  /** The refusal of a request without the key, or null; for what is answered before its route is reached. */
  refusal(route: string, request: Request): Response | null;
  /**
   * Answers a request to `route` (its pattern, not the client's path): checks the key unless `open`, counts,
   * and turns whatever is thrown into the error shape.
   */
  answer(
    route: string,
    request: Request,
    handle: () => Response | Promise<Response>,
    open?: boolean,
  ): Response | Promise<Response>;
}

export function createGate(options: GateOptions): Gate {
  const { traffic, clock } = options;

  function refused(error: unknown): Response {
    if (error instanceof Refusal) return problem(error.status, error.message, error.headers);
    options.onFault(error instanceof Error ? `${error.name}: ${error.message}` : "unknown fault");
    return problem(500, "internal error");
  }

  function refusal(route: string, request: Request): Response | null {
    if (isForeignPage(request, options.access())) {
      return problem(403, "this route answers no page of another site");
    }
    if (mayPass(request, route, options)) return null;
    return problem(401, "this route needs the header Authorization: Bearer <key>", {
      "www-authenticate": "Bearer",
    });
  }

  return {
    refusal,
    answer(route, request, handle, open = false) {
      const startMs = clock.monotonicMs();
      traffic.begin();
      const count = (response: Response) => {
        const seconds = (clock.monotonicMs() - startMs) / 1000;
        traffic.end(route, request.method, response.status, seconds);
        return response;
      };
      const refusedFirst = open ? null : refusal(route, request);
      if (refusedFirst !== null) return count(refusedFirst);
      try {
        const response = handle();
        return response instanceof Promise ? response.catch(refused).then(count) : count(response);
      } catch (error) {
        return count(refused(error));
      }
    },
  };
}

function mayPass(request: Request, route: string, options: GateOptions): boolean {
  const key = options.access().masterKey;
  if (key === null) return true;
  const open = options
    .publicRoutes()
    .some((path) => (path.endsWith("*") ? route.startsWith(path.slice(0, -1)) : path === route));
  if (open) return true;
  const header = request.headers.get("authorization") ?? "";
  const match = /^Bearer +(.+)$/i.exec(header);
  return match?.[1] !== undefined && isSame(match[1].trim(), key);
}

/** Compares in constant time, whatever the lengths: hashes of both have one length. */
export function isSame(given: string, key: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(key));
}
