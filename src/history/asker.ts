// Asking the recorder from another thread, over a port of their own: no third thread is in the way of a question or of its answer. A
// question ends, one way or the other: with its answer, at its deadline, or when the recorder goes away.

import type { MessagePort } from "node:worker_threads";
import type { Answered, Asked, Question } from "./messages.ts";

/** History cannot be asked just now; the message may be shown. */
export class HistoryError extends Error {
  readonly code = "HISTORY";

  constructor(message: string) {
    super(message);
    this.name = "HistoryError";
  }
}

export interface Asker {
  /** The answer as JSON; rejects with HistoryError when there is none in time. */
  ask(question: Question): Promise<string>;
  /** From now on over this port, to another thread than before; null while there is none. */
  connect(port: MessagePort | null): void;
}

const questionsMax = 64;
/** Beyond the recorder's own deadline, whose words are plainer. */
const askMarginMs = 1000;

/** `timeoutMs` is the recorder's own deadline of a question. */
export function createAsker(timeoutMs: () => number): Asker {
  const waiting = new Map<number, (answered: Omit<Answered, "ticket">) => void>();
  let current: MessagePort | null = null;
  let nextTicket = 1;

  function settle({ ticket, ...answered }: Answered): void {
    waiting.get(ticket)?.(answered);
    waiting.delete(ticket);
  }

  return {
    connect(port) {
      current?.close();
      current = port;
      for (const ticket of waiting.keys()) {
        settle({ ticket, text: null, error: "the recorder is being restarted" });
      }
      port?.on("message", settle);
    },
    ask(question) {
      if (current === null) return Promise.reject(new HistoryError("the recorder is not running"));
      if (waiting.size >= questionsMax) {
        return Promise.reject(new HistoryError("too many questions to history at once"));
      }
      const ticket = nextTicket++;
      const patienceMs = timeoutMs() + askMarginMs;
      current.postMessage({ ticket, question, endMs: Date.now() + patienceMs } satisfies Asked);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(ticket);
          reject(new HistoryError("history did not answer in time"));
        }, patienceMs);
        waiting.set(ticket, ({ text, error }) => {
          clearTimeout(timer);
          if (text === null) reject(new HistoryError(error ?? "no reason given"));
          else resolve(text);
        });
      });
    },
  };
}
