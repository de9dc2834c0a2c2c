// How a provider that speaks OpenAI's chat is documented, in one line, and the cases that come of it: the chat and the free question.

import { type CaseExchange, type ConformanceCase, key, ping } from "./case.ts";

export interface Line {
  /** The variable that holds the key; null for servers that want none. */
  readonly variable: string | null;
  /** The documented address of a chat. */
  readonly chat: string;
  /** The model behind the provider's prefix. */
  readonly model: string;
  /** What it is called on the wire, if otherwise. */
  readonly wire?: string;
  /** The limit's field; `max_tokens` when left out. */
  readonly limit?: "max_completion_tokens";
  /** Parameters besides the model. */
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** More of the body. */
  readonly body?: object;
  /** The free question: its address, an answer, and what is remarked of it; null where there is none. */
  readonly free: readonly [url: string, answer: unknown, remark?: string] | null;
  /** The free question is another one elsewhere. */
  readonly freeIsAtItsHostOnly?: true;
}

export const listOf = (id: string) => ({ object: "list", data: [{ id, object: "model" }] });
export const modelOf = (id: string) => ({ id, object: "model" });
export const openWeights = "meta-llama/Llama-3.3-70B-Instruct";

function casesOfLine(provider: string, line: Line): ConformanceCase[] {
  const { variable, model, free, headers } = line;
  const shared = {
    provider,
    mode: "chat",
    params: { model: `${provider}/${model}`, ...line.params },
    env: { ...line.env, ...(variable === null ? {} : { [variable]: key }) },
  } as const;
  const sent = { authorization: variable === null ? null : `Bearer ${key}`, ...headers };
  const wire = line.wire ?? model;
  const paid: CaseExchange = {
    asks: {
      url: line.chat,
      headers: sent,
      body: { model: wire, messages: ping, [line.limit ?? "max_tokens"]: 16, ...line.body },
    },
    answer: {
      body: {
        id: "1",
        object: "chat.completion",
        model: `${wire}-served`,
        choices: [
          { index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
      },
    },
  };
  const asked: ConformanceCase = {
    ...shared,
    exchanges: [paid],
    verdict: {
      class: "ok",
      usage: { promptTokens: 8, completionTokens: 2 },
      servedModel: `${wire}-served`,
    },
  };
  if (free === null) return [asked];
  const [url, body, remark = ""] = free;
  return [
    asked,
    {
      ...shared,
      rung: "metadata",
      exchanges: [{ asks: { url, headers: sent }, answer: { body } }],
      verdict: { class: "ok", text: remark },
      ...(line.freeIsAtItsHostOnly === undefined ? {} : { onlyAtItsOwnHost: true }),
    },
  ];
}

export function casesOf(lines: Readonly<Record<string, Line>>): readonly ConformanceCase[] {
  return Object.entries(lines).flatMap(([provider, line]) => casesOfLine(provider, line));
}
