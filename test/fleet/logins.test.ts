import { afterAll, afterEach, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import { type Fleet, startFleet } from "../../src/fleet/fleet.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { createReader } from "../../src/table/reader.ts";
import { createTable } from "../../src/table/table.ts";
import { eventually } from "../servers/process.ts";

let tokens = 0;
const bearers = new Set<string | null>();
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    if (new URL(request.url).pathname === "/oidc/v1/token") {
      tokens += 1;
      return Response.json({ access_token: `the-token-${tokens}`, expires_in: 3600 });
    }
    bearers.add(request.headers.get("authorization"));
    return Response.json({ choices: [{ message: { content: "pong" } }] });
  },
});
afterAll(() => server.stop(true));
let fleet: Fleet | null = null;
afterEach(() => fleet?.stop());

test("prober threads share one token, fetched once for all deployments of a login", async () => {
  const base = `http://127.0.0.1:${server.port}`;
  const names = Array.from({ length: 16 }, (_, index) => `m${index}`);
  const models = names.map(
    (name) =>
      `  - model_name: ${name}\n    litellm_params: {model: databricks/${name}, api_base: "${base}", client_id: c, client_secret: s3cret}`,
  );
  const text = `model_list:\n${models.join("\n")}\nfleetpulse: {interval: 0.2, jitter: 0}\n`;
  const config = parseConfig(text, { file: "f", flags: {}, environment: {}, cores: 2 });
  const table = createTable(32);
  const registry = createRegistry();
  const reader = createReader(table);
  fleet = startFleet({
    table,
    registry,
    threads: 2,
    clock: systemClock,
    entry: new URL("../../workers/prober.ts", import.meta.url),
    restored: new Map(),
    onRestore: () => {},
    onRetire: () => {},
    onAssigned: () => {},
    onNotice: () => {},
  });
  const { deployments } = resolveDeployments(config.entries, config.settings, {});
  await fleet.apply(registry.replace(deployments), config.settings);
  await eventually("every deployment was asked by one of two threads", () =>
    registry.slots().every((slot) => reader.read(slot).row.httpStatus === 200),
  );
  expect(tokens).toBe(1);
  expect([...bearers]).toEqual(["Bearer the-token-1"]);
});
