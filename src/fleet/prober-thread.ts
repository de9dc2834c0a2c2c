// One prober thread as the fleet sees it. Its heartbeat and its generation are words of the table: it writes only while its
// own generation stands there, so the one that is replaced is fenced off by raising it.

import type { Clock } from "../clock.ts";
import { setThreadWord, type Table, threadWord } from "../table/table.ts";
import { type SupervisedThread, superviseThread } from "../threads/supervised-thread.ts";
import type { FromThread, ThreadStart, ToThread } from "./messages.ts";

/** Six missed heartbeats; with the restart itself this keeps a replacement within a second. */
const stuckMs = 600;

export interface ProberThread extends SupervisedThread<ToThread> {
  readonly thread: number;
}

export interface ProberThreadOptions {
  readonly thread: number;
  readonly table: Table;
  readonly clock: Clock;
  readonly entry: URL;
  /** The thread runs and wants its assignments. `restarted`: it replaces one that died. */
  readonly onReady: (restarted: boolean) => void;
  readonly onMessage: (message: FromThread) => void;
  readonly onNotice: (text: string) => void;
}

export function startProberThread(options: ProberThreadOptions): ProberThread {
  const { thread, table } = options;

  function nextGeneration(): number {
    const generation = threadWord(table, thread, "generation") + 1;
    setThreadWord(table, thread, "generation", generation);
    return generation;
  }

  return {
    thread,
    ...superviseThread<ToThread, FromThread>({
      name: `prober thread ${thread}`,
      clock: options.clock,
      entry: options.entry,
      stuckMs,
      birth: () => {
        for (const field of ["inFlight", "queued"] as const) setThreadWord(table, thread, field, 0);
        const start: ThreadStart = { table: table.handle, thread, generation: nextGeneration() };
        return start;
      },
      fence: nextGeneration,
      heartbeat: () => threadWord(table, thread, "heartbeat"),
      onReady: options.onReady,
      onMessage: options.onMessage,
      onReplaced: (restarts) => setThreadWord(table, thread, "restarts", restarts),
      onNotice: options.onNotice,
    }),
  };
}
