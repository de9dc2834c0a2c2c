// A fleet of real threads that asks the demo provider, or another one, for the tests of this room. A test may be the other replicas: it
// says which slots are ours, and sees what is passed on.

import { afterEach } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import { startDemoProvider } from "../../src/demo/provider.ts";
import { type Fleet, startFleet } from "../../src/fleet/fleet.ts";
import type { ForeignOrder } from "../../src/fleet/orders.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { createReader } from "../../src/table/reader.ts";
import { createTable } from "../../src/table/table.ts";

let stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of stop.reverse()) await one();
  stop = [];
});

export interface Given {
  readonly behaviours: readonly string[];
  readonly settings?: string;
  /** Seconds; 0 asks nothing by itself. */
  readonly interval?: number;
  readonly threads?: number;
  /** Seconds. */
  readonly timeout?: number;
  /** Which slots are ours at the start; all unless given. */
  readonly isOurs?: (slot: number) => boolean;
}

interface Upstream {
  readonly url: string;
  stop(): Promise<void>;
}

function configOf(
  provider: Upstream,
  { behaviours, settings = "", interval = 0.2, timeout = 0.5 }: Given,
): string {
  const models = behaviours.map(
    (behaviour, index) =>
      `  - model_name: g${index}\n    litellm_params: {model: openai/m, api_base: "${provider.url}/${behaviour}-${index}/v1", api_key: sk-x}\n    model_info: {id: "${index}"}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {interval: ${interval}, confirm_interval: 0.1, unhealthy_interval: 0.2, timeout: ${timeout}, jitter: 0, ${settings}}\n`;
}

export function started(given: Given) {
  return startedAt(startDemoProvider({ latencyMs: 0 }), given);
}

export async function startedAt<Provider extends Upstream>(provider: Provider, given: Given) {
  const table = createTable(8);
  const registry = createRegistry();
  const reader = createReader(table);
  const notices: string[] = [];
  const retired: string[] = [];
  const threads = given.threads ?? 2;
  const foreign: ForeignOrder[] = [];
  let onAssigned = () => {};
  let shift = 0;
  let isOurs: (slot: number) => boolean = given.isOurs ?? (() => true);
  const fleet: Fleet = startFleet({
    table,
    registry,
    threads,
    clock: systemClock,
    entry: new URL("./fragile-prober.ts", import.meta.url),
    restored: new Map(),
    onRestore: () => {},
    onRetire: (_slot, { modelId }) => retired.push(modelId),
    onAssigned: () => onAssigned(),
    onNotice: (text) => notices.push(text),
    isOurs: (slot) => isOurs(slot),
    shift: () => shift,
    onForeign: (order) => foreign.push(order),
  });
  stop.push(
    () => provider.stop(),
    () => fleet.stop(),
  );
  const replace = (next: Given) => {
    const config = parseConfig(configOf(provider, next), {
      file: "f",
      flags: {},
      environment: {},
      cores: 2,
    });
    const { deployments } = resolveDeployments(config.entries, config.settings, {});
    return { change: registry.replace(deployments), settings: config.settings };
  };
  const load = async (next: Given) => {
    const { change, settings } = replace(next);
    await fleet.apply(change, settings);
  };
  await load(given);
  const row = (slot: number) => reader.read(slot).row;
  return {
    provider,
    table,
    registry,
    reader,
    fleet,
    notices,
    retired,
    foreign,
    load,
    /** A reload that fails before it reaches the fleet. */
    replace,
    row,
    /** From now on what is taken is asked so much later. */
    shift(next: number) {
      shift = next;
    },
    /** From now on these are ours. */
    share(next: (slot: number) => boolean) {
      isOurs = next;
      return fleet.reshare();
    },
    onAssigned(callback: () => void) {
      onAssigned = callback;
    },
  };
}
