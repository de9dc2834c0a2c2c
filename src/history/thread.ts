// The body of the recorder's thread: takes orders, answers questions, says how it does. Its entry is workers/recorder.ts.

import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../clock.ts";
import { attachTable } from "../table/table.ts";
import { giveBackSoon } from "../threads/give-back.ts";
import { yieldToServer } from "../threads/priority.ts";
import type { Member } from "./follower.ts";
import type { FromRecorder, RecorderStart, ToRecorder } from "./messages.ts";
import { startRecorder } from "./recorder.ts";

/** Also the heartbeat. */
export const stateEveryMs = 500;

/** Runs the recorder on this port until the process or the thread ends. */
export function runRecorder(
  port: MessagePort,
  { table, settings }: RecorderStart,
  clock: Clock = systemClock,
): void {
  yieldToServer();
  const say = (message: FromRecorder) => port.postMessage(message);
  const recorder = startRecorder({
    table: attachTable(table),
    settings,
    clock,
    onNotice: (text) => say({ type: "notice", text }),
  });
  let members: Member[] = [];
  const tell = () => say({ type: "state", state: recorder.state() });
  const timer = setInterval(tell, stateEveryMs);

  port.on("message", (message: ToRecorder) => {
    switch (message.type) {
      case "follow":
        if (message.first) members = [];
        members.push(...(JSON.parse(message.members) as Member[]));
        if (!message.last) return;
        recorder.follow(members);
        giveBackSoon(members.length);
        members = [];
        return;
      case "ask": {
        const { ticket } = message;
        recorder.ask(message.question).then(
          (text) => say({ type: "answer", ticket, text, error: null }),
          (error: Error) => say({ type: "answer", ticket, text: null, error: error.message }),
        );
        return;
      }
      case "stop":
        clearInterval(timer);
        void recorder.stop(message.timeoutMs).then(() => {
          tell();
          say({ type: "stopped" });
        });
        return;
      default:
        message satisfies never;
    }
  });

  say({ type: "ready" });
  tell();
}
