// The text of a stream as events: server-sent events (WHATWG HTML, 9.2), or a JSON value a line as Ollama has it. Text may be fed
// in pieces of any size; what is kept of it is never more than the transport reads.

import { createParser } from "eventsource-parser";

export type Framing = "server-sent events" | "lines";

export interface StreamEvents {
  feed(text: string): void;
  /** No more text comes: what is complete but for the blank line behind it counts. */
  end(): void;
}

/** `name` is the event's own, or empty. */
export type OnEvent = (name: string, data: string) => void;

export function createStreamEvents(framing: Framing, onEvent: OnEvent): StreamEvents {
  if (framing === "lines") return createLines(onEvent);
  const parser = createParser({ onEvent: ({ event, data }) => onEvent(event ?? "", data) });
  return {
    feed: (text) => parser.feed(text),
    end: () => parser.feed("\n\n"),
  };
}

function createLines(onEvent: OnEvent): StreamEvents {
  /** The pieces of a line that is not complete. */
  let begun: string[] = [];
  return {
    feed(text) {
      const [first = "", ...others] = text.split("\n");
      begun.push(first);
      for (const next of others) {
        const line = begun.join("").trim();
        begun = [next];
        if (line !== "") onEvent("", line);
      }
    },
    end() {
      this.feed("\n");
    },
  };
}
