// What becomes of orders that cannot be sent, and of those that somebody cannot take.

import { describe, expect, test } from "bun:test";
import { keysOf } from "../../src/cluster/keys.ts";
import { createOrderPost } from "../../src/cluster/order-post.ts";
import type { Order } from "../../src/cluster/orders.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { eventually } from "../servers/process.ts";

const me = { id: "00000000000000aa", node: "me" };
const other = { id: "00000000000000bb", node: "other" };
const keys = keysOf("c", "f", 1);
const hold: Order = { type: "hold", name: "x", forMs: 10 };

function posting(ask: () => Promise<unknown>, onOrder: () => boolean = () => true) {
  const session: Session = { ask, async ping() {}, end() {} };
  let isThere = true;
  const post = createOrderPost({
    ...{ me, onOrder },
    ownerOf: () => other,
    keyOf: (slot) => {
      if (slot === 13) throw new Error("nobody knows that slot");
      return `k${slot}`;
    },
    line: () => (isThere ? { session, keys } : null),
    find: () => 0,
    isOurs: () => true,
  });
  return {
    post,
    lose() {
      isThere = false;
    },
  };
}

describe("an order", () => {
  test("that has no way is counted as refused", () => {
    const { post, lose } = posting(async () => 1);
    lose();
    post.send(hold);
    expect(post.counts()).toEqual({ sent: 0, received: 0, refused: 1 });
  });

  test("that Redis refuses is counted as refused, and the next one is sent", async () => {
    let asked = 0;
    const { post } = posting(async () => {
      asked += 1;
      if (asked === 1) throw new Error("no");
    });
    post.send(hold);
    post.send(hold);
    await eventually("one is sent", () => post.counts().sent === 1);
    expect(post.counts().refused).toBe(1);
  });

  test("that cannot be written stops none that comes later", async () => {
    const { post } = posting(async () => 1);
    post.send({ type: "probe", slots: [13], wanted: "usual" });
    await eventually("it is refused", () => post.counts().refused === 1);
    post.send(hold);
    await eventually("the next one is sent", () => post.counts().sent === 1);
  });

  test("finds room as others go, though some always wait", async () => {
    const waiting: (() => void)[] = [];
    const { post } = posting(() => new Promise<void>((resolve) => waiting.push(resolve)));
    for (let turn = 0; turn < 3000; turn += 1) post.send(hold);
    const { refused } = post.counts();
    expect(refused).toBe(3000 - 2048);
    for (let turn = 0; turn < 10; turn += 1) {
      await eventually("one is on its way", () => waiting.length > 0);
      waiting.shift()?.();
    }
    await eventually("ten are gone", () => post.counts().sent === 10);
    for (let turn = 0; turn < 10; turn += 1) post.send(hold);
    expect(post.counts().refused).toBe(refused);
  });

  test("of another that nobody here can take is refused, and does no harm", () => {
    const { post } = posting(
      async () => 1,
      () => {
        throw new Error("no");
      },
    );
    post.take(Buffer.from(JSON.stringify({ from: other.id, ...hold })));
    expect(post.counts().refused).toBe(1);
  });
});
