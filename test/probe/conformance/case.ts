// What a case of the conformance tables is. A file beside this one that exports `cases` (an array of ConformanceCase) is found by
// test/probe/conformance.test.ts without being named there: each case is resolved as the entry of a configuration, asked with the
// real prober over real HTTP, checked field by field, and answered as the provider documents. The provider's hosts are played by a
// server on this machine: the transport of the test sends there whatever is asked elsewhere, so `url` is the documented one.
// A row of `providers` that no case asks the paid question (or the free one, where it has one) makes that test fail, and so does a
// mode of a family that no case asks, for a stream too where there can be one.
//
//   export const cases: readonly ConformanceCase[] = [
//     {
//       provider: "groq",                                          // a name of `providers`
//       mode: "chat",
//       params: { model: "groq/llama-3.1-8b-instant" },            // litellm_params
//       info: {},                                                  // model_info
//       env: { GROQ_API_KEY: key },                                // as documented; `key` is exported here
//       exchanges: [{                                              // in order; a login that is exchanged first stands before
//         asks: {
//           url: "https://api.groq.com/openai/v1/chat/completions",
//           headers: { authorization: `Bearer ${key}` },           // at least these; null: it must not be there
//           body: { model: "llama-3.1-8b-instant", messages: ping, max_completion_tokens: 16 },
//         },
//         answer: { body: { choices: [{ message: { content: "pong" } }] } },
//       }],
//       verdict: { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } },
//     },
//   ];

import type { Value } from "../../../src/config/config.ts";
import type { Usage } from "../../../src/probe/outcome.ts";
import type { Mode, PieceUnit, Rung } from "../../../src/registry/deployment.ts";
import type { OutcomeClass } from "../../../src/table/outcome-class.ts";

export interface ConformanceCase {
  /** A name of `providers`; a prefix that leads to another provider names the one it leads to. */
  readonly provider: string;
  readonly mode: Mode;
  /** `completion` (the paid question of the mode) when left out; `metadata` is the free one. */
  readonly rung?: Rung;
  /** What is special about it, for the title of its test. */
  readonly about?: string;
  /** litellm_params. */
  readonly params: Readonly<Record<string, Value>>;
  /** model_info; `mode` is added where the model's name does not tell it. */
  readonly info?: Readonly<Record<string, Value>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly exchanges: readonly CaseExchange[];
  readonly verdict: CaseVerdict;
  /** The question depends on the host, so it is not asked once more at an address of the operator's own. */
  readonly onlyAtItsOwnHost?: true;
}

export interface CaseExchange {
  readonly asks: CaseRequest;
  readonly answer: CaseAnswer;
}

export interface CaseRequest {
  /** POST with a body, GET without one, when left out. */
  readonly method?: "GET" | "POST";
  /** The whole documented address with its query, character by character; `wss:` for a WebSocket. */
  readonly url: string;
  /** Lower-case names. At least these; null must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** JSON, all of it; a text is compared as text. A form is `{ form: fields }`, a file in it is `{ fileName, type }`. */
  readonly body?: unknown;
}

export interface CaseAnswer {
  /** 200 when left out (of a WebSocket the body is its first message). */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text as it is. */
  readonly body: unknown;
}

export interface CaseVerdict {
  readonly class: OutcomeClass;
  /** Compared whole where it is given. */
  readonly usage?: Usage;
  readonly servedModel?: string;
  /** The words of the outcome contain these; none are there where it is empty, or left out of an `ok`. */
  readonly text?: string;
}

/** The key of every case: with a shape that none of the providers has. */
export const key = "conformance-key-7f3a91c2";

/** The words that a chat is asked with, where `prompt` is the setting of the tests. */
export const ping = [{ role: "user", content: "ping" }];

/** What is paid by the piece alone. */
export const piecesOf = (unit: PieceUnit, count: number): Usage => ({
  promptTokens: null,
  completionTokens: null,
  pieces: { unit, count },
});

/** A case of one exchange that goes well; `more` says what else is special about it. */
export function oneExchange(
  asked: Pick<ConformanceCase, "provider" | "mode" | "params" | "env">,
  asks: CaseRequest,
  body: unknown,
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return {
    ...asked,
    exchanges: [{ asks, answer: { body } }],
    verdict: { class: "ok" },
    ...more,
  };
}

/** The same case with a login before its question. */
export function afterLogin(login: CaseExchange, one: ConformanceCase): ConformanceCase {
  return { ...one, exchanges: [login, ...one.exchanges] };
}

/** Cases of one exchange, of a provider whose entries differ in their parameters. */
export function oneAt(
  shared: Pick<ConformanceCase, "provider" | "env">,
  headers: NonNullable<CaseRequest["headers"]>,
) {
  return (
    mode: Mode,
    params: ConformanceCase["params"],
    asks: CaseRequest,
    body: unknown,
    more: Partial<ConformanceCase> = {},
  ) => oneExchange({ ...shared, mode, params }, { headers, ...asks }, body, more);
}

/** A case of one exchange with a Bearer key. */
export function oneWithKey(
  provider: string,
  mode: ConformanceCase["mode"],
  model: string,
  env: Readonly<Record<string, string>>,
  asks: CaseRequest,
  body: unknown,
  verdict: Partial<ConformanceCase["verdict"]> = {},
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  const asked = { headers: { authorization: `Bearer ${key}` }, ...asks };
  return oneExchange({ provider, mode, params: { model }, env }, asked, body, {
    verdict: { class: "ok", ...verdict },
    ...more,
  });
}

/** What one question can be answered with: cases that differ in the answer. */
export function answersTo(
  asked: Pick<ConformanceCase, "provider" | "mode" | "rung" | "params" | "env">,
  asks: CaseRequest,
): (about: string, status: number, body: unknown, verdict: CaseVerdict) => ConformanceCase {
  return (about, status, body, verdict) => ({
    ...asked,
    about,
    exchanges: [{ asks, answer: { status, body } }],
    verdict,
  });
}

/** A stream of server-sent events; those that have a type are named by it, as their vendors do. */
export function eventsOf(...events: readonly unknown[]): CaseAnswer {
  const nameOf = (event: unknown) =>
    typeof event === "object" && event !== null && "type" in event ? `event: ${event.type}\n` : "";
  const lines = events.map(
    (event) =>
      `${nameOf(event)}data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`,
  );
  return { headers: { "content-type": "text/event-stream" }, body: lines.join("") };
}
