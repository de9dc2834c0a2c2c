import { beforeEach, expect, test } from "bun:test";
import { parseConfig } from "../../src/config/read.ts";
import { createStaleCount } from "../../src/fleet/stale.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, sources } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

const intervalMs = 300_000;
const staleAfterMs = 60_000;
const timeoutMs = 10_000;
const config = parseConfig(
  `model_list:
  - {model_name: g, litellm_params: {model: openai/m, api_key: sk-1}, model_info: {id: a}}
  - {model_name: g, litellm_params: {model: openai/n, api_key: sk-1}, model_info: {id: b}}
fleetpulse: {timeout: 10}
`,
  { file: "f", flags: {}, environment: {}, cores: 1 },
);
const registry = createRegistry();
registry.replace(resolveDeployments(config.entries, config.settings, {}).deployments);
const table = createTable(16);
const writer = createWriter(table);
const [first = 0, second = 0] = registry.slots();

let wallMs = 0;
let monotonicMs = 0;
let stale: () => number = () => 0;

const pass = (ms: number) => {
  wallMs += ms;
  monotonicMs += ms;
};
/** Writes down when the slot is to be asked next. */
const plan = (slot: number, inMs: number) =>
  writer.claim(slot, slot + 1, { ...emptyRow(), nextDueMs: wallMs + inMs });

beforeEach(() => {
  wallMs = 1_700_000_000_000;
  monotonicMs = 5000;
  const clock = { wallMs: () => wallMs, monotonicMs: () => monotonicMs };
  const count = createStaleCount(registry, createReader(table), clock);
  stale = () => count(staleAfterMs);
  for (const slot of [first, second]) plan(slot, intervalMs);
});

test("a probe is overdue when its plan, its deadline and the patience have passed", () => {
  pass(intervalMs + timeoutMs + staleAfterMs);
  expect(stale()).toBe(0);
  pass(1);
  expect(stale()).toBe(2);
});

test("a clock that is set forward makes no probe overdue, nor does a night's sleep", () => {
  for (const stepMs of [8 * 3_600_000, 3_600_000]) {
    wallMs += stepMs;
    expect(stale()).toBe(0);
  }
  pass(intervalMs + timeoutMs + staleAfterMs);
  expect(stale()).toBe(0);
  pass(1);
  expect(stale()).toBe(2);
});

test("what was planned since the clock was set forward is overdue as ever", () => {
  wallMs += 8 * 3_600_000;
  expect(stale()).toBe(0);
  pass(1000);
  plan(first, 1000);
  pass(1000 + timeoutMs + staleAfterMs + 1);
  expect(stale()).toBe(1);
});

test("a clock that is set back makes no probe overdue", () => {
  wallMs -= 3_600_000;
  expect(stale()).toBe(0);
  plan(first, intervalMs);
  pass(intervalMs);
  expect(stale()).toBe(0);
});

test("what another replica asks is overdue by the same rule, and no more when the replica tells of it", () => {
  const tell = (inMs: number) =>
    writer.write(first, {
      ...emptyRow(),
      source: sources.indexOf("peer"),
      nextDueMs: wallMs + inMs,
    });
  tell(intervalMs);
  pass(intervalMs + timeoutMs + staleAfterMs);
  plan(second, intervalMs);
  expect(stale()).toBe(0);
  pass(1);
  expect(stale()).toBe(1);
  tell(intervalMs);
  expect(stale()).toBe(0);
});
