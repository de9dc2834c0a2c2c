// History as the main thread sees it: a thread that records, ports over which another thread asks it, and how it does. Nothing here
// waits for a database.

import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import type { Table } from "../table/table.ts";
import { checkMs, superviseThread } from "../threads/supervised-thread.ts";
import type { Member } from "./follower.ts";
import type {
  FromRecorder,
  HistoryState,
  RecorderSettings,
  RecorderStart,
  ToRecorder,
} from "./messages.ts";

/** Who is to be followed: so many, of whom `slice` makes some whenever a thread is to be told. */
export interface Followed {
  readonly length: number;
  slice(from: number, to: number): readonly Member[];
}

export interface History {
  /** These deployments are recorded from now on. */
  follow(members: Followed): void;
  /** A way to ask the thread that runs now (see asker.ts); the one before is no more. Null while none runs. */
  open(): MessagePort | null;
  state(): HistoryState;
  /** Writes what there is within the bound, and ends the thread. */
  stop(timeoutMs: number): Promise<void>;
}

export interface HistoryOptions {
  readonly table: Table;
  readonly settings: RecorderSettings;
  readonly clock: Clock;
  readonly entry: URL;
  readonly onNotice: (text: string) => void;
  /** Another thread runs than before, or none: whoever asks opens another way. */
  readonly onThread: () => void;
}

/** A slow disk can hold the thread up for long; it is replaced only when it seems to be gone for good. */
const stuckMs = 60_000;
/** Members in one message. */
const membersMax = 500;

export function startHistory(options: HistoryOptions): History {
  const { settings, clock } = options;
  /** Asked for whenever a thread is to be told: nothing of a large fleet is kept here. */
  let members: Followed = [];
  /** Lists that were sent, or begun to be. */
  let lists = 0;
  let beats = 0;
  let stopped: (() => void) | null = null;
  /** Has the thread that runs write what there is; null until it is to stop. */
  let sendStop: (() => void) | null = null;
  let state: HistoryState = {
    engine: settings.databaseUrl === null ? "sqlite" : "postgresql",
    initialized: false,
    error: null,
    lastWriteMs: null,
    waiting: 0,
    written: 0,
    dropped: 0,
    unseen: 0,
  };
  /** What threads counted that are gone. */
  let before = { written: 0, dropped: 0, unseen: 0 };

  const thread = superviseThread<ToRecorder, FromRecorder>({
    name: "the recorder",
    clock,
    entry: options.entry,
    stuckMs,
    birth: (): RecorderStart => ({ table: options.table.handle, settings }),
    fence: () => {},
    heartbeat: () => beats,
    onReady: () => {
      sendMembers();
      options.onThread();
      sendStop?.();
    },
    onReplaced: () => {
      before = { written: state.written, dropped: state.dropped, unseen: state.unseen };
      options.onThread();
    },
    onMessage: (message) => {
      beats += 1;
      if (message.type === "notice") options.onNotice(message.text);
      else if (message.type === "stopped") stopped?.();
      else if (message.type === "state") {
        const { written, dropped, unseen } = message.state;
        state = {
          ...message.state,
          // Once ready, ready: a thread that is replaced takes nothing back.
          initialized: state.initialized || message.state.initialized,
          written: before.written + written,
          dropped: before.dropped + dropped,
          unseen: before.unseen + unseen,
        };
      }
    },
    onNotice: options.onNotice,
  });

  function sendMembers(): void {
    const list = ++lists;
    const followed = members;
    const end = Math.max(1, followed.length);
    for (let from = 0; from < end; from += membersMax) {
      // A list that is overtaken by a newer one is not finished.
      thread.send(() => ({
        type: "follow",
        members: list === lists ? JSON.stringify(followed.slice(from, from + membersMax)) : "[]",
        first: from === 0,
        last: list === lists && from + membersMax >= end,
      }));
    }
  }

  let expectedMs = clock.monotonicMs() + checkMs;
  const watch = setInterval(() => {
    const nowMs = clock.monotonicMs();
    thread.check(nowMs - expectedMs);
    expectedMs = nowMs + checkMs;
  }, checkMs);

  return {
    follow(next) {
      members = next;
      sendMembers();
    },
    open() {
      if (!thread.isAlive()) return null;
      const { port1, port2 } = new MessageChannel();
      thread.send({ type: "answer", port: port2 }, port2);
      return port1;
    },
    state: () => state,
    async stop(timeoutMs) {
      clearInterval(watch);
      const deadlineMs = clock.monotonicMs() + timeoutMs;
      const done = Promise.withResolvers<void>();
      stopped = done.resolve;
      const timer = setTimeout(done.resolve, timeoutMs);
      // One that is still starting hears it when it is there: until then nobody has written anything down.
      sendStop = () =>
        thread.send({
          type: "stop",
          timeoutMs: Math.max(1, deadlineMs - clock.monotonicMs() - 100),
        });
      if (thread.isAlive()) sendStop();
      await done.promise;
      clearTimeout(timer);
      const ended = thread.stop();
      options.onThread();
      await ended;
    },
  };
}
