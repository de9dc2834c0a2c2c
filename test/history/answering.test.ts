import { expect, test } from "bun:test";
import { MessageChannel } from "node:worker_threads";
import { answerOver } from "../../src/history/answering.ts";
import type { Answered, Asked, Question } from "../../src/history/messages.ts";

test("a question whose asker has given up is not looked into, and the next one is", async () => {
  const { port1, port2 } = new MessageChannel();
  const looked: string[] = [];
  let nowMs = 1000;
  const ask = async (question: Question) => {
    const key = question.type === "deployment" ? question.key : "";
    looked.push(key);
    // Whoever else has asked waits meanwhile.
    nowMs += 3000;
    return key;
  };
  answerOver(port1, { ask }, { wallMs: () => nowMs });
  const answered = Promise.withResolvers<Answered[]>();
  const answers: Answered[] = [];
  port2.on("message", (one: Answered) => {
    answers.push(one);
    if (one.ticket === 4) answered.resolve(answers);
  });
  for (const [ticket, endMs] of [
    [1, 2000],
    [2, 2000],
    [3, 4000],
    [4, 9000],
  ] as const) {
    const question = { type: "deployment", key: `${ticket}` } as const;
    port2.postMessage({ ticket, question, endMs } satisfies Asked);
  }
  expect((await answered.promise).map(({ ticket }) => ticket)).toEqual([1, 4]);
  expect(looked).toEqual(["1", "4"]);
  port2.close();
});
