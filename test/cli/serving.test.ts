import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { type Serving, startServing } from "../../src/cli/serving.ts";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import type { Asked, HistoryState } from "../../src/history/messages.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import type { Answers, Ask, ServerState } from "../../src/server/messages.ts";
import { createTable } from "../../src/table/table.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

const folder = temporaryFolder("serving");
const breakFile = join(folder, "break");
process.env["FLEETPULSE_TEST_BREAK"] = breakFile;
afterAll(() => {
  delete process.env["FLEETPULSE_TEST_BREAK"];
  removeFolder(folder);
});

const connected = { status: "connected", latencyMs: 1, lastCheckMs: 1, error: null } as const;
const stateAtFirst: ServerState = {
  database: "connected",
  databaseInitialized: true,
  cluster: null,
  redis: "not_configured",
  threads: [],
  allThreadsReady: true,
  litellmVersion: "1.50.0",
  services: {
    database: connected,
    redis: { ...connected, status: "not_configured" },
    proxy: null,
  },
  history: null,
  configured: true,
  stale: 0,
};

const recording: HistoryState = {
  engine: "sqlite",
  initialized: true,
  error: null,
  lastWriteMs: null,
  waiting: 0,
  written: 0,
  dropped: 0,
  unseen: 0,
};

function fleetOf(ids: readonly string[]) {
  const models = ids.map(
    (id) =>
      `  - {model_name: group, litellm_params: {model: openai/m, api_base: "http://127.0.0.1:9/v1", api_key: sk-very-secret}, model_info: {id: ${id}}}\n`,
  );
  const config = parseConfig(
    `model_list:\n${models.join("")}general_settings: {master_key: sk-1, enable_drain_endpoint: true}\n`,
    {
      file: "f",
      flags: {},
      environment: {},
      cores: 1,
    },
  );
  const registry = createRegistry();
  registry.replace(resolveDeployments(config.entries, config.settings, {}).deployments);
  return { registry, settings: config.settings };
}

let recorders: MessagePort[] = [];
/** A recorder that answers every question with how many serving threads there were. */
function openHistory(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const text = JSON.stringify({ threads: recorders.push(port2) });
  port2.on("message", ({ ticket }: Asked) => port2.postMessage({ ticket, text, error: null }));
  return port1;
}

let state: ServerState;
let serving: Serving;
let notices: string[] = [];
let asked: Ask[] = [];
let answer: (ask: Ask) => Promise<Answers[keyof Answers]> = async () => ({ pending: [] });
beforeEach(() => {
  notices = [];
  asked = [];
  recorders = [];
  state = stateAtFirst;
  serving = startServing({
    version: "1.2.3",
    latencyBuckets: null,
    table: createTable(16),
    clock: systemClock,
    entry: new URL("fragile-server.ts", import.meta.url),
    state: () => state,
    answer: (ask) => {
      asked.push(ask);
      return answer(ask);
    },
    openHistory,
    onFault: (text) => notices.push(text),
    onNotice: (text) => notices.push(text),
  });
});
afterEach(async () => {
  await serving.stop(1000);
  for (const port of recorders) port.close();
});

async function listening(ids: readonly string[] = ["a", "b"]): Promise<URL> {
  const { registry, settings } = fleetOf(ids);
  serving.configure(settings, 1000, registry);
  return await serving.listen("127.0.0.1", 0);
}

const authorization = { authorization: "Bearer sk-1" };
const get = (url: URL, path: string) =>
  fetch(new URL(path, url), { headers: authorization, keepalive: false });
const idsIn = async (url: URL) => {
  const { unknown_endpoints } = (await (await get(url, "health")).json()) as {
    unknown_endpoints: { model_id: string }[];
  };
  return unknown_endpoints.map(({ model_id }) => model_id);
};

describe("the serving thread", () => {
  test("shows the deployments that it was told of, and the next list when there is one", async () => {
    const url = await listening(["a", "b"]);
    expect(await idsIn(url)).toEqual(["a", "b"]);
    const { registry, settings } = fleetOf(["c"]);
    serving.configure(settings, 1000, registry);
    await eventually("the new list is shown", async () => (await idsIn(url)).join() === "c");
  });

  test("that died is replaced on the same port, and shows the same", async () => {
    const url = await listening();
    writeFileSync(breakFile, "");
    await eventually("it is noticed", () => notices.some((text) => /is replaced/.test(text)));
    await eventually(
      "it answers again",
      async () => (await idsIn(url).catch(() => [])).length === 2,
    );
  });

  test("asks history over a port of its own, and its successor over another one", async () => {
    state = { ...state, history: recording };
    const url = await listening();
    const threads = async () =>
      ((await (await get(url, "health/history")).json()) as { threads: number }).threads;
    expect(await threads()).toBe(1);
    expect(asked).toEqual([]);
    writeFileSync(breakFile, "");
    await eventually("it is noticed", () => notices.some((text) => /is replaced/.test(text)));
    await eventually("the successor asks", async () => (await threads().catch(() => 0)) === 2);
  });

  test("that died while the process ends goes on saying so", async () => {
    const url = await listening();
    serving.announceShutdown();
    writeFileSync(breakFile, "");
    await eventually("it is noticed", () => notices.some((text) => /is replaced/.test(text)));
    await eventually("it answers 503", async () => {
      const response = await get(url, "health/liveliness").catch(() => null);
      return response?.status === 503;
    });
  });

  test("that died after the process was drained stays out of service", async () => {
    answer = async () => ({ stopped: true });
    const url = await listening();
    expect((await get(url, "health/drain")).status).toBe(200);
    writeFileSync(breakFile, "");
    await eventually("it is noticed", () => notices.some((text) => /is replaced/.test(text)));
    await eventually(
      "the successor answers",
      async () => (await idsIn(url).catch(() => [])).length === 2,
    );
    expect((await get(url, "health/liveliness")).status).toBe(503);
    expect((await get(url, "health/readiness")).status).toBe(503);
  });

  test("whose port was somebody else's for a moment listens again", async () => {
    const url = await listening();
    writeFileSync(`${breakFile}.taken`, url.port);
    writeFileSync(breakFile, "");
    await eventually("it cannot listen", () => notices.some((text) => /cannot listen/.test(text)));
    rmSync(`${breakFile}.taken`);
    await eventually(
      "it answers again",
      async () => (await idsIn(url).catch(() => [])).length === 2,
    );
    expect(notices).toContain("the server listens again");
  });

  test("answers 500 and harms nobody when the main thread fails to answer", async () => {
    answer = () => Promise.reject(new Error("boom"));
    const url = await listening();
    const response = await fetch(new URL("health/check", url), {
      method: "POST",
      headers: authorization,
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("boom");
    expect(notices).toContain("boom");
    expect((await get(url, "health")).status).toBe(200);
  });

  test("is told no credential but the keys of its routes", async () => {
    const url = await listening();
    for (const path of ["health", "health/models", "health/models/a"]) {
      expect(await (await get(url, path)).text()).not.toContain("very-secret");
    }
    expect(asked.some((ask) => JSON.stringify(ask).includes("very-secret"))).toBe(false);
  });

  test("tells who started it that the port is taken", async () => {
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
    const { registry, settings } = fleetOf(["a"]);
    serving.configure(settings, 1000, registry);
    const failed = serving.listen("127.0.0.1", taken.port ?? 0);
    const reason = await failed.then(
      () => "",
      (error: Error) => error.message,
    );
    expect(reason).toMatch(/port|use/i);
    void taken.stop(true);
  });
});
