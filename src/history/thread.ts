// The body of the recorder's thread: takes orders, answers questions, says how it does. Its entry is workers/recorder.ts.

import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../clock.ts";
import { attachTable } from "../table/table.ts";
import { giveBackNow, giveBackSoon } from "../threads/give-back.ts";
import { yieldToServer } from "../threads/priority.ts";
import { ready } from "../threads/ready.ts";
import { takeShortSlices } from "../threads/short-slice.ts";
import { answerOver } from "./answering.ts";
import type { Subject } from "./entries.ts";
import type { Member } from "./follower.ts";
import type { FromRecorder, RecorderStart, ToRecorder } from "./messages.ts";
import { startRecorder } from "./recorder.ts";

/** Also the heartbeat. */
export const stateEveryMs = 500;

/** Every message brings its own copies of the same few names: of a large fleet, as much again. */
function createAlike() {
  const texts = new Map<string, string>();
  function one(text: string): string {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  }
  return {
    share: ({ key, model_id, model_name, model, provider }: Subject): Subject => ({
      ...{ key, model_id },
      ...{ model_name: one(model_name), model: one(model), provider: one(provider) },
    }),
  };
}

/** Runs the recorder on this port until the process or the thread ends. */
export function runRecorder(
  port: MessagePort,
  { table, settings }: RecorderStart,
  clock: Clock = systemClock,
): void {
  yieldToServer();
  // Somebody may wait for an answer. In the storm with both cores taken besides, three rounds each, it came within 170 to 278 ms at p99
  // at niceness 10, within 133 to 166 at 4, and within 24 to 125 at 4 with short slices.
  takeShortSlices();
  const say = (message: FromRecorder) => port.postMessage(message);
  // Before the file is opened, which takes its time on a slow disk and behind locks. Orders come after this function has ended.
  say(ready("recorder"));
  const recorder = startRecorder({
    table: attachTable(table),
    settings,
    clock,
    onNotice: (text) => say({ type: "notice", text }),
  });
  let members: Member[] = [];
  let asking: MessagePort | null = null;
  let alike = createAlike();
  const tell = () => say({ type: "state", state: recorder.state() });
  const timer = setInterval(tell, stateEveryMs);

  /** Nobody waits for this thread, and what the list came in is larger than what is kept of it. */
  function followAll(): void {
    const { length } = members;
    recorder.follow(members);
    members = [];
    alike = createAlike();
    giveBackNow(length);
    giveBackSoon(length);
  }

  port.on("message", (message: ToRecorder) => {
    switch (message.type) {
      case "follow":
        if (message.first) {
          members = [];
          alike = createAlike();
        }
        for (const member of JSON.parse(message.members) as Member[]) {
          members.push({ ...member, subject: alike.share(member.subject) });
        }
        if (!message.last) return;
        followAll();
        return;
      case "answer":
        asking?.close();
        asking = message.port;
        answerOver(asking, recorder, clock);
        return;
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

  tell();
}
