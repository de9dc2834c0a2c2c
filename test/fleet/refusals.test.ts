import { expect, test } from "bun:test";
import { createRefusals } from "../../src/fleet/refusals.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

function begin() {
  const said: string[] = [];
  const clock = { nowMs: 0 };
  const refusals = createRefusals(
    { wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs },
    (text) => said.push(text),
  );
  return { refusals, said, clock };
}

test("a probe that is refused is told in the log with its words and what mends it", () => {
  const { refusals, said } = begin();
  refusals.tell(deployment(7), "HTTP 400: no such parameter");
  expect(said).toEqual([
    expect.stringMatching(
      /^the probe of g \(openai\/x, 7\) is refused.*no such parameter.*model_info/,
    ),
  ]);
});

test("a fleet that is refused is told in twenty lines a minute, of which the last says so", () => {
  const { refusals, said, clock } = begin();
  for (let slot = 0; slot < 100; slot += 1) refusals.tell(deployment(slot), "no");
  expect(said).toHaveLength(20);
  expect(said[19]).toEndWith("(more within this minute are not named)");
  clock.nowMs = 60_000;
  refusals.tell(deployment(0), "no");
  expect(said).toHaveLength(21);
});
