// A host that gives tokens, on this machine: it writes down what it was asked and answers with what a test says. And logins as a
// configuration has them, exchanged over real HTTP.

import { afterAll, beforeEach } from "bun:test";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Value } from "../../src/config/config.ts";
import type { Issued } from "../../src/logins/credential.ts";
import { exchange } from "../../src/logins/exchange.ts";
import type { Login } from "../../src/registry/login/login.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { resolve } from "../registry/entry.ts";
import type { Received } from "./signature.ts";

export interface TokenHost {
  readonly url: string;
  readonly host: string;
  readonly seen: readonly Received[];
  /** Answers from now on. */
  answer: (request: Received) => Response;
}

/** Stops with the tests of the file. */
export function startTokenHost(): TokenHost {
  let seen: Received[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const received: Received = {
        method: request.method,
        host: request.headers.get("host") ?? "",
        target: request.url.slice(new URL(request.url).origin.length),
        headers: request.headers.toJSON() as Record<string, string>,
        body: await request.text(),
      };
      seen.push(received);
      return made.answer(received);
    },
  });
  const unprepared = () => new Response("nothing is prepared", { status: 599 });
  const made = {
    url: `http://127.0.0.1:${server.port}`,
    host: `127.0.0.1:${server.port}`,
    get seen() {
      return seen;
    },
    answer: unprepared,
  } as TokenHost;
  afterAll(() => server.stop(true));
  beforeEach(() => {
    seen = [];
    made.answer = unprepared;
  });
  return made;
}

/** The login of a deployment. */
export function loginOf(
  params: Record<string, Value>,
  environment: Record<string, string> = {},
): Login {
  const { target, problem, skipped } = resolve(params, {}, environment);
  if (target?.login) return target.login;
  throw new Error(problem ?? skipped ?? "there is no login");
}

const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });

export function exchanged(login: Login, clock: Clock = systemClock): Promise<Issued> {
  return exchange({ transport, clock }, login);
}
