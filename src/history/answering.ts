// Answers what the recorder is asked over a port. Questions to the embedded file run on its thread, one after the other: one whose asker has
// given up meanwhile is left out, so that the next are in time.

import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import type { Answered, Asked } from "./messages.ts";
import type { Recorder } from "./recorder.ts";

export function answerOver(
  port: MessagePort,
  recorder: Pick<Recorder, "ask">,
  clock: Pick<Clock, "wallMs">,
): void {
  const say = (answered: Answered) => port.postMessage(answered);
  port.on("message", ({ ticket, question, endMs }: Asked) => {
    if (clock.wallMs() >= endMs) return;
    recorder.ask(question).then(
      (text) => say({ ticket, text, error: null }),
      (error: Error) => say({ ticket, text: null, error: error.message }),
    );
  });
}
