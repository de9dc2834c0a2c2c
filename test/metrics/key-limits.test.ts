import { describe, expect, test } from "bun:test";
import { KeyLimits } from "../../src/metrics/key-limits.ts";
import { emptyRow } from "../../src/table/row.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

describe("the rate limits of keys", () => {
  test("have series for a thousand keys, and the others are counted", () => {
    const limits = new KeyLimits();
    const row = { ...emptyRow(), lastCheckMs: 1, requestsLimit: 101, requestsRemaining: 51 };
    for (let slot = 0; slot < 1010; slot += 1) {
      const one = deployment(slot);
      limits.add({ ...one, lanes: { ...one.lanes, key: `key-${slot % 1005}` } }, row);
    }
    const samples = limits.samples();
    expect(samples.fleetpulse_key_rate_limit).toHaveLength(1000);
    expect(samples.fleetpulse_key_rate_limit_remaining[0]).toEqual({
      labels: { provider: "openai", key: "key-0", kind: "requests" },
      value: 50,
    });
    expect(samples.fleetpulse_folded_keys).toEqual([{ labels: {}, value: 5 }]);
  });
});
