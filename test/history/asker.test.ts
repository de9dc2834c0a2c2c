// A question to history ends, whatever becomes of the thread that is asked.

import { afterEach, describe, expect, test } from "bun:test";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { type Asker, createAsker } from "../../src/history/asker.ts";
import type { Answered, Asked } from "../../src/history/messages.ts";

const question = { type: "deployment", key: "a" } as const;
const hourMs = 3_600_000;
let open: Asker[] = [];
afterEach(() => {
  for (const asker of open) asker.connect(null);
  open = [];
});

function asking() {
  const asker = createAsker(() => hourMs);
  open.push(asker);
  const { port1, port2 } = new MessageChannel();
  asker.connect(port1);
  return { asker, recorder: port2 };
}

/** What is asked next, and a way to answer it. */
function nextAsked(port: MessagePort) {
  return new Promise<(answer: Omit<Answered, "ticket">) => void>((resolve) => {
    port.once("message", ({ ticket }: Asked) =>
      resolve((answer) => port.postMessage({ ticket, ...answer } satisfies Answered)),
    );
  });
}

const reasonOf = (answer: Promise<string>) =>
  answer.then(
    () => "answered",
    (error: Error) => error.message,
  );

describe("a question to history", () => {
  test("is answered, each with its own answer, in whatever order they come", async () => {
    const { asker, recorder } = asking();
    const first = nextAsked(recorder);
    const one = asker.ask(question);
    const answerOne = await first;
    const second = nextAsked(recorder);
    const two = asker.ask(question);
    (await second)({ text: "two", error: null });
    answerOne({ text: "one", error: null });
    expect(await Promise.all([one, two])).toEqual(["one", "two"]);
  });

  test("fails with the recorder's own words", async () => {
    const { asker, recorder } = asking();
    const asked = nextAsked(recorder);
    const reason = reasonOf(asker.ask(question));
    (await asked)({ text: null, error: "the disk is full" });
    expect(await reason).toBe("the disk is full");
  });

  test("that is in flight ends when the recorder goes, and the next one says that none runs", async () => {
    const { asker } = asking();
    const reason = reasonOf(asker.ask(question));
    asker.connect(null);
    expect(await reason).toBe("the recorder is being restarted");
    expect(await reasonOf(asker.ask(question))).toBe("the recorder is not running");
  });

  test("is answered by the successor once there is one", async () => {
    const { asker } = asking();
    asker.connect(null);
    const { port1, port2 } = new MessageChannel();
    asker.connect(port1);
    const asked = nextAsked(port2);
    const answer = asker.ask(question);
    (await asked)({ text: "found", error: null });
    expect(await answer).toBe("found");
  });
});
