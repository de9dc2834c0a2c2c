// What each simulated provider streams, as its vendor documents it: what comes before the first token, then the token and the rest.

import type { Asked, Ending } from "./question.ts";

export interface Stream {
  readonly type: string;
  readonly before: readonly string[];
  readonly rest: readonly string[];
}

type StreamOf = (asked: Asked, ending: Ending) => Stream;

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const typed = (data: { readonly type: string; readonly [key: string]: unknown }) =>
  `event: ${data.type}\n${event(data)}`;
const line = (data: object) => `${JSON.stringify(data)}\n`;

function eventStream(before: readonly string[], rest: readonly string[]): Stream {
  return { type: "text/event-stream", before, rest };
}

export const openaiStream: StreamOf = ({ kind, model }, ending) => {
  const isChat = kind === "chat";
  const chunk = (words: string | null, finish_reason: string | null) => {
    const delta = words === null ? {} : { content: words };
    return event({
      id: "chatcmpl-demo",
      object: isChat ? "chat.completion.chunk" : "text_completion",
      model,
      choices: [{ index: 0, ...(isChat ? { delta } : { text: words ?? "" }), finish_reason }],
    });
  };
  const reason = { words: "stop", thinking: "length", filtered: "content_filter" }[ending];
  return eventStream(
    [chunk("", null)],
    [...(ending === "words" ? [chunk("pong", null)] : []), chunk(null, reason), "data: [DONE]\n\n"],
  );
};

/** Azure tells first what its filter thinks of the prompt. */
export const azureStream: StreamOf = (asked, ending) => {
  const { type, before, rest } = openaiStream(asked, ending);
  const filter = event({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  return { type, before: [filter, ...before], rest };
};

export const anthropicStream: StreamOf = ({ model }, ending) => {
  const usage = { input_tokens: 8, output_tokens: 1 };
  const message = { id: "msg_demo", type: "message", role: "assistant", model, content: [], usage };
  const stop_reason = { words: "end_turn", thinking: "max_tokens", filtered: "refusal" }[ending];
  const start = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  };
  const delta = { type: "text_delta", text: "pong" };
  const words = [
    typed({ type: "content_block_delta", index: 0, delta }),
    typed({ type: "content_block_stop", index: 0 }),
  ];
  const last = { type: "message_delta", delta: { stop_reason }, usage: { output_tokens: 4 } };
  return eventStream(
    [typed({ type: "message_start", message }), typed(start), typed({ type: "ping" })],
    [...(ending === "words" ? words : []), typed(last), typed({ type: "message_stop" })],
  );
};

export const geminiStream: StreamOf = ({ model }, ending) => {
  const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: ending === "words" ? 2 : 0 };
  const chunk = (more: object) => event({ ...more, usageMetadata, modelVersion: model });
  const candidate = (parts: object, finishReason?: string) =>
    chunk({ candidates: [{ content: { role: "model", ...parts }, finishReason }] });
  if (ending === "filtered") {
    return eventStream([], [chunk({ promptFeedback: { blockReason: "SAFETY" } })]);
  }
  return eventStream(
    [],
    ending === "words"
      ? [candidate({ parts: [{ text: "pong" }] }), candidate({ parts: [{ text: "" }] }, "STOP")]
      : [candidate({}, "MAX_TOKENS")],
  );
};

export const cohereStream: StreamOf = (_asked, ending) => {
  const text = (words: string) => ({ message: { content: { text: words } } });
  const delta = {
    finish_reason: ending === "words" ? "COMPLETE" : "MAX_TOKENS",
    usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
  };
  const words = { type: "content-delta", index: 0, delta: text("pong") };
  const start = { type: "content-start", index: 0, delta: text("") };
  return eventStream(
    [typed({ type: "message-start" }), typed(start)],
    [...(ending === "words" ? [typed(words)] : []), typed({ type: "message-end", delta })],
  );
};

/** `/api/chat` and `/api/generate` at once: each reads its own field. */
export const ollamaStream: StreamOf = ({ model }, ending) => {
  const part = (words: string) => ({
    model,
    message: { role: "assistant", content: words },
    response: words,
  });
  const done_reason = ending === "words" ? "stop" : "length";
  const last = { done: true, done_reason, prompt_eval_count: 5, eval_count: 2 };
  return {
    type: "application/x-ndjson",
    before: [],
    rest: [
      ...(ending === "words" ? [line({ ...part("pong"), done: false })] : []),
      line({ ...part(""), ...last }),
    ],
  };
};
