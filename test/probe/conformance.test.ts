// Every provider as it is documented, from the entry of a configuration to the request on the wire and back to the outcome. The
// cases are tables of their own, found by their place (see conformance/case.ts).

import { afterAll, describe, expect, test } from "bun:test";
import { globSync } from "node:fs";
import { systemClock } from "../../src/clock.ts";
import { exchange } from "../../src/logins/exchange.ts";
import { createLogins } from "../../src/logins/logins.ts";
import { questionOf } from "../../src/probe/families.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { familyModes } from "../../src/registry/family-modes.ts";
import { providers } from "../../src/registry/providers/all.ts";
import { generates } from "../../src/registry/target.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { playProviders } from "../provider/played.ts";
import { resolve } from "../registry/entry.ts";
import type { CaseRequest, ConformanceCase } from "./conformance/case.ts";
import { longDeadlines } from "./target.ts";

const files = globSync("conformance/*.ts", { cwd: import.meta.dir }).sort();
const cases: ConformanceCase[] = [];
for (const file of files) {
  const table = (await import(`./${file}`)) as { cases?: readonly ConformanceCase[] };
  cases.push(...(table.cases ?? []));
}

const world = playProviders();
afterAll(() => world.stop());
const clock = systemClock;
const transport = world.playing(
  createHttpTransport({ resolver: createResolver(), keep: keepNone }),
);

/** Every case logs in anew. */
const proberOfOneCase = () =>
  createProber({
    transport,
    bodyBytesMax: 64 * 1024,
    clock,
    // What else a list may have to be asked has tests of its own.
    keyTests: null,
    logins: createLogins((login) => exchange({ transport, clock }, login), clock),
  });

/** The target of a case, with more parameters; its rung is the case's, whatever the settings would choose. */
function targetOf(one: ConformanceCase, more = {}): ProbeTarget {
  const rung = one.rung ?? "completion";
  const { target, problem, skipped, provider, mode } = resolve(
    { ...one.params, ...more },
    { ...one.info },
    { ...one.env },
    { prompt: "ping", rung },
  );
  if (target === null) throw new Error(problem ?? skipped ?? "there is no target");
  expect({ provider, mode }).toEqual({ provider: one.provider, mode: one.mode });
  return { ...target, rung };
}

async function play(one: ConformanceCase, target: ProbeTarget) {
  world.answering(
    one.exchanges.map(({ answer }) => ({
      status: answer.status ?? 200,
      headers: {
        "content-type": typeof answer.body === "string" ? "text/plain" : "application/json",
        ...answer.headers,
      },
      body: typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body),
    })),
  );
  const { outcome } = await proberOfOneCase()({ target, deadlines: longDeadlines });
  return outcome;
}

/** What was asked, exchange by exchange, as far as the case says what is expected. */
function expectAsked(one: ConformanceCase, urlOf: (asks: CaseRequest) => string): void {
  const { exchanges } = one;
  expect(world.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(
    exchanges.map(({ asks }) => `${asks.method ?? methodOf(asks)} ${urlOf(asks)}`),
  );
  exchanges.forEach(({ asks }, index) => {
    const seen = world.seen[index];
    expect(seen?.body).toEqual(asks.body);
    expect(seen?.headers["user-agent"]).toStartWith("fleetpulse/");
    for (const [name, value] of Object.entries(asks.headers ?? {})) {
      expect({ [name]: seen?.headers[name] ?? null }).toEqual({ [name]: value });
    }
  });
}

const methodOf = ({ body }: CaseRequest) => (body === undefined ? "GET" : "POST");

function titleOf({ provider, mode, rung, about }: ConformanceCase): string {
  const question = rung === "metadata" ? "the free question" : mode;
  return `${provider}, ${question}${about === undefined ? "" : `, ${about}`}`;
}

describe("as documented, and understood:", () => {
  for (const one of cases) {
    test(titleOf(one), async () => {
      const outcome = await play(one, targetOf(one));
      expectAsked(one, ({ url }) => url);
      const { class: expected, usage, servedModel } = one.verdict;
      const { text = expected === "ok" ? "" : outcome.text } = one.verdict;
      expect({ class: outcome.class, text: outcome.text }).toEqual({
        class: expected,
        text: text === "" ? "" : expect.stringContaining(text),
      });
      if (usage !== undefined) expect<object>(outcome.usage).toEqual(usage);
      if (servedModel !== undefined) expect(outcome.servedModel).toBe(servedModel);
    });
  }
});

/** What a provider's own path is, the operator's server serves at the same path. */
describe("the same at an address of the operator's own:", () => {
  const moved = cases.filter(
    ({ provider, params, onlyAtItsOwnHost }) =>
      providers[provider]?.family === "openai" &&
      providers[provider].base !== null &&
      params["api_base"] === undefined &&
      onlyAtItsOwnHost === undefined,
  );
  for (const one of moved) {
    test(titleOf(one), async () => {
      const base = new URL(providers[one.provider]?.base ?? "");
      const mine = `${world.url}${base.pathname.replace(/\/$/, "")}`;
      const outcome = await play(one, targetOf(one, { api_base: mine }));
      expectAsked(one, ({ url }) =>
        url.replace(/^(http|ws)s?:\/\/[^/]+/, `$1${world.url.slice(4)}`),
      );
      expect(outcome.class).toBe(one.verdict.class);
    });
  }
});

describe("every row of the table of providers is asked", () => {
  const asked = (name: string, free: boolean) =>
    cases.some(({ provider, rung }) => provider === name && (rung === "metadata") === free);

  test("its paid question by a case", () => {
    const missing = Object.keys(providers).filter((name) => !asked(name, false));
    expect(missing.map((name) => `no case asks ${name} its paid question`)).toEqual([]);
  });

  test("its free question by a case, where it has one", () => {
    const missing = Object.entries(providers)
      .filter(([name, { free }]) => free !== "none" && !asked(name, true))
      .map(([name]) => name);
    expect(missing.map((name) => `no case asks ${name} its free question`)).toEqual([]);
  });
});

describe("every mode of every family is asked", () => {
  const nameOf = ({ family, mode }: Pick<ProbeTarget, "family" | "mode">) => `${family}, ${mode}`;
  const paidTargets = () =>
    cases.filter(({ rung }) => rung !== "metadata").map((one) => targetOf(one));

  const requestOf = (target: ProbeTarget, stream: boolean) =>
    questionOf(target).request({ ...target, stream });

  test("its paid question by a case", () => {
    const asked = new Set(paidTargets().map(nameOf));
    const pairs = Object.entries(familyModes).flatMap(([family, modes]) =>
      modes.map((mode) => `${family}, ${mode}`),
    );
    const missing = pairs.filter((pair) => !asked.has(pair));
    expect(missing.map((pair) => `no case asks ${pair}`)).toEqual([]);
  });

  test("for a stream by a case, where it can answer with words one by one", () => {
    const paid = paidTargets().filter(({ mode }) => generates(mode));
    const asked = new Set(paid.filter(({ stream }) => stream).map(nameOf));
    const canStream = paid.filter((target) => requestOf(target, true).watch !== undefined);
    const missing = new Set(canStream.map(nameOf).filter((pair) => !asked.has(pair)));
    expect([...missing].map((pair) => `no case asks ${pair} for a stream`)).toEqual([]);
  });

  test("the same as ever where it cannot, though a stream is wanted", () => {
    const paid = paidTargets().filter(({ mode }) => generates(mode));
    const cannot = paid.filter((target) => requestOf(target, true).watch === undefined);
    expect(cannot).not.toEqual([]);
    for (const target of cannot) {
      expect(requestOf(target, true)).toEqual(requestOf(target, false));
    }
  });
});
