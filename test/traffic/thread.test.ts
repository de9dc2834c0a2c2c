import { afterEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import type { CallbackEnd } from "../../src/traffic/messages.ts";
import { createTraffic, type Traffic } from "../../src/traffic/traffic.ts";
import { eventually } from "../servers/process.ts";
import { payload } from "./payloads.ts";

let running: Traffic[] = [];
afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
});

function started({ bytesMax = 1_000_000, seriesMax = 10 } = {}) {
  const notices: string[] = [];
  const traffic = createTraffic({
    clock: systemClock,
    entry: new URL("./fragile-traffic.ts", import.meta.url),
    settings: {
      teamLabels: false,
      keyLabels: false,
      seriesMax,
      latencyBuckets: null,
      litellmHistograms: false,
      bytesMax,
      passive: null,
      spendLogs: null,
      positionFile: null,
    },
    onPassive: () => {},
    onNotice: (text) => notices.push(text),
  });
  running.push(traffic);
  traffic.follow(
    ["a", "b"].map((modelId, slot) => ({
      slot,
      modelId,
      modelName: "gpt",
      provider: "openai",
      apiBase: null,
    })),
  );
  const send = (text: string): Promise<CallbackEnd> => {
    const given = Buffer.from(text);
    const bytes = new SharedArrayBuffer(given.length);
    new Uint8Array(bytes).set(given);
    return traffic.take({ bytes, length: given.length, encoding: "identity" });
  };
  return { traffic, send, notices };
}

/** Requests by id of the deployment. */
function requests(traffic: Traffic): Record<string, number> {
  return Object.fromEntries(
    [...traffic.series()].map(([labels, { classes }]) => [
      labels["model_id"] ?? "",
      classes.reduce((sum, [, count]) => sum + count, 0),
    ]),
  );
}

describe("the traffic thread", () => {
  test("that dies loses no counter, and its successor goes on with them", async () => {
    const { traffic, send, notices } = started();
    await send(JSON.stringify([payload("1"), payload("2", { model_id: "b" })]));
    expect(await send("die")).toMatchObject({ refused: "busy" });
    await eventually("its death is told", () => notices.join().includes("it died"));
    await send(JSON.stringify([payload("3"), payload("4", { model_id: "b" })]));
    expect(requests(traffic)).toEqual({ a: 2, b: 2 });
  }, 60_000);

  test("counts what came before it was there", async () => {
    const { traffic, send } = started();
    const ends = await Promise.all(["1", "2", "3"].map((id) => send(JSON.stringify(payload(id)))));
    expect(ends).toEqual(Array(3).fill({ text: '{"accepted":1,"rejected":[]}' }));
    expect(requests(traffic)).toEqual({ a: 3 });
  }, 60_000);

  test("has no more waiting for it than the bound: what comes beyond is refused at once", async () => {
    const { traffic, send } = started({ bytesMax: 1000 });
    const one = JSON.stringify(payload("1")).slice(0, 900);
    const sent = [send(one), send(one), send(one)];
    expect(traffic.waitingBytes()).toBe(1800);
    const ends = await Promise.all(sent);
    expect(traffic.waitingBytes()).toBe(0);
    expect(ends.map((end) => "refused" in end && end.refused)).toEqual([
      "unreadable",
      "unreadable",
      "busy",
    ]);
  }, 60_000);

  test("is not started before there is something to count", async () => {
    const { traffic } = started();
    expect([...traffic.series()]).toEqual([]);
    await traffic.stop();
    expect(
      await traffic.take({ bytes: new SharedArrayBuffer(2), length: 2, encoding: "gzip" }),
    ).toMatchObject({
      refused: "busy",
    });
  });
});
