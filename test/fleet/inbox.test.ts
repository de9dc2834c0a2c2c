import { expect, test } from "bun:test";
import fc from "fast-check";
import { createInbox } from "../../src/fleet/inbox.ts";

function started() {
  const taken: string[] = [];
  const deferred: (() => void)[] = [];
  const inbox = createInbox(
    (message: string) => void taken.push(message),
    (message) => message.startsWith("large"),
    (callback) => void deferred.push(callback),
  );
  return { taken, inbox, turn: () => deferred.shift()?.() };
}

test("one large message is taken a turn of the event loop", () => {
  const { taken, inbox, turn } = started();
  for (const message of ["large 1", "large 2", "large 3"]) inbox.put(message);
  const counts = [taken.length];
  for (let turns = 0; turns < 4; turns += 1) {
    turn();
    counts.push(taken.length);
  }
  expect(counts).toEqual([0, 1, 2, 3, 3]);
});

test("a small message is taken at once when nothing waits", () => {
  const { taken, inbox } = started();
  inbox.put("small");
  expect(taken).toEqual(["small"]);
});

test("messages are taken in their order, each once, whatever their size and whenever they come", () => {
  const step = fc.oneof(fc.constant("turn"), fc.constant("small"), fc.constant("large"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { taken, inbox, turn } = started();
      const put: string[] = [];
      for (const [index, one] of steps.entries()) {
        if (one === "turn") turn();
        else {
          put.push(`${one} ${index}`);
          inbox.put(`${one} ${index}`);
        }
      }
      for (let turns = 0; turns < steps.length; turns += 1) turn();
      expect(taken).toEqual(put);
    }),
  );
});
