// The image, built and run without an engine: every step of the Dockerfile is executed, and the service runs as the
// process 1 of a container, as the image's user, with nothing to write to but its volume.

import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chownSync, globSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import {
  descendants,
  eventually,
  freePort,
  killTree,
  removeFolder,
  temporaryFolder,
} from "../servers/process.ts";
import { containerCommand, whyNoContainers } from "./container.ts";
import { buildImage, type Image } from "./image.ts";

const masterKey = "sk-master-of-the-container";
const stopBoundMs = 11_000;
const reason = whyNoContainers();
if (reason !== null) console.warn(`the image is not run: ${reason}`);

describe.skipIf(reason !== null)("the image", () => {
  let folder: string;
  let image: Image;
  let provider: DemoProvider;
  let running: Subprocess[] = [];

  beforeAll(() => {
    folder = temporaryFolder("image");
    provider = startDemoProvider({ latencyMs: 0 });
    image = buildImage(join(import.meta.dir, "../.."), folder);
  }, 180_000);
  afterAll(async () => {
    await provider.stop();
    removeFolder(folder);
  });
  afterEach(async () => {
    for (const child of running) {
      killTree(child.pid);
      await child.exited;
    }
    running = [];
  });

  interface Ended {
    readonly exitCode: number;
    /** What it said on its error output. */
    readonly text: string;
  }

  interface Container {
    readonly url: string;
    readonly child: Subprocess;
    /** Folder that is /data inside. */
    readonly data: string;
    output(): string;
    /** What the image's HEALTHCHECK ends with, and says. */
    check(): Promise<Ended>;
    run(command: readonly string[]): Promise<Ended>;
    get(path: string): Promise<Response>;
    /** Sends the signal that an engine sends to process 1. */
    terminate(): void;
  }

  /** `behaviour` is what the first of its two deployments does; the other refuses its key. */
  async function start(
    env: Readonly<Record<string, string>> = {},
    behaviour = "ok",
    args: readonly string[] = [],
  ): Promise<Container> {
    const port = String(await freePort());
    const home = mkdtempSync(join(folder, "container-"));
    const [data, config] = [join(home, "data"), join(home, "config")];
    mkdirSync(data);
    mkdirSync(config);
    if (process.getuid?.() === 0) {
      const [uid = 0, gid = 0] = image.user.split(":").map(Number);
      chownSync(data, uid, gid);
    }
    writeFileSync(join(config, "config.yaml"), configuration(behaviour));
    mkdirSync(join(image.root, "etc/fleetpulse"), { recursive: true });
    const inside = {
      ...{ root: image.root, user: image.user, folder: image.folder, readOnly: true },
      env: { ...image.env, PORT: port, LITELLM_MASTER_KEY: masterKey, ...env },
      mounts: { "/data": data, "/etc/fleetpulse": config },
    };
    const spawn = (command: readonly string[]) => {
      const child = Bun.spawn(containerCommand({ ...inside, command }), {
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      running.push(child);
      return child;
    };
    const run = async (command: readonly string[]) => {
      const asked = spawn(command);
      return { exitCode: await asked.exited, text: await new Response(asked.stderr).text() };
    };
    const child = spawn([...image.command, ...args]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      void (async () => {
        const decoder = new TextDecoder();
        for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
      })();
    }
    const url = `http://127.0.0.1:${port}`;
    return {
      url,
      child,
      data,
      output: () => output,
      check: () => run(image.healthcheck),
      run,
      get: (path) =>
        fetch(`${url}${path}`, {
          keepalive: false,
          headers: { authorization: `Bearer ${masterKey}` },
        }),
      terminate() {
        const [first] = descendants(child.pid);
        if (first === undefined) throw new Error("the container has no process");
        process.kill(first, "SIGTERM");
      },
    };
  }

  const configuration = (first: string) => `model_list:
  - model_name: gpt
    litellm_params: {model: openai/gpt, api_base: "${provider.url}/${first}-1/v1", api_key: sk-1}
  - model_name: claude
    litellm_params: {model: anthropic/claude, api_base: "${provider.url}/auth-2", api_key: sk-2}
fleetpulse: {interval: 1, confirm_interval: 0.1, fall: 1}
`;

  async function ready(container: Container): Promise<void> {
    await eventually(`the container is ready; it said: ${container.output()}`, async () =>
      container.get("/health/readiness").then(
        // It is ready a moment before it says where.
        ({ status }) => status === 200 && container.output().includes("listens on"),
        () => container.child.exitCode !== null,
      ),
    );
    expect(container.output()).toContain("listens on");
  }

  test("holds the program and its packages, and nothing of development", () => {
    expect(readdirSync(join(image.root, "app")).sort()).toEqual([
      ...["LICENSE", "node_modules", "package.json", "src", "workers"],
    ]);
    const packages = globSync("{*,@*/*}", { cwd: join(image.root, "app/node_modules") });
    expect(packages).toContain("elysia");
    for (const name of ["typescript", "@biomejs/biome", "kubernetes-models"])
      expect(packages).not.toContain(name);
  });

  test("probes the deployments of the mounted configuration and answers those who have the key", async () => {
    const container = await start();
    await ready(container);
    await eventually("both are known", async () => {
      const { unknown_count } = (await (await container.get("/health")).json()) as {
        unknown_count: number;
      };
      return unknown_count === 0;
    });
    const health = (await (await container.get("/health")).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ status: "healthy", healthy_count: 1, unhealthy_count: 1 });
    expect((await fetch(`${container.url}/health`)).status).toBe(401);
  });

  test("answers others where it has a key, and nobody but itself where it has none", async () => {
    const [keyed, open] = [await start(), await start({ LITELLM_MASTER_KEY: "" })];
    await Promise.all([ready(keyed), ready(open)]);
    expect(keyed.output()).toContain("listens on http://0.0.0.0:");
    expect(open.output()).toContain("listens on http://127.0.0.1:");
    expect(open.output()).toContain("only this machine is answered");
    expect(await open.check()).toEqual({ exitCode: 0, text: "" });
  });

  test("keeps its state on its volume, and runs where nothing else can be written", async () => {
    const container = await start();
    await ready(container);
    expect(readdirSync(container.data)).toContain("fleetpulse.sqlite");
    const places = ["/app/x", "/tmp/x", "/data/x"];
    const tried = await container.run([
      ...["/usr/local/bin/bun", "--eval"],
      `for (const place of ${JSON.stringify(places)})
         try { require("node:fs").writeFileSync(place, ""); console.error(place); } catch {}`,
    ]);
    expect(tried).toEqual({ exitCode: 0, text: "/data/x\n" });
  });

  test("is found healthy by its health check, and unhealthy when nothing answers", async () => {
    const container = await start();
    expect(await container.check()).toMatchObject({ exitCode: 1 });
    await ready(container);
    expect(await container.check()).toEqual({ exitCode: 0, text: "" });
  });

  // To go into a container that is there takes root.
  test.skipIf(process.getuid?.() !== 0)(
    "is found healthy on the port that it was started with",
    async () => {
      const port = String(await freePort());
      const container = await start({}, "ok", ["--port", port]);
      await eventually("it listens", () =>
        container.output().includes(`listens on http://0.0.0.0:${port}`),
      );
      const [first] = descendants(container.child.pid);
      const inside = ["nsenter", `--target=${first}`, "--pid", "--mount", "--root", "--wd"];
      const check = Bun.spawn([...inside, ...image.healthcheck], {
        ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe", env: { PORT: "1" } },
      });
      expect(await new Response(check.stderr).text()).toBe("");
      expect(await check.exited).toBe(0);
    },
  );

  test("is found healthy also where the environment names a proxy for the internet", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const proxied = { HTTP_PROXY: nowhere, http_proxy: nowhere, no_proxy: "example.com" };
    const container = await start(proxied);
    await ready(container);
    expect(await container.check()).toEqual({ exitCode: 0, text: "" });
  });

  test("drains on SIGTERM as process 1: 503 at once, what was asked is answered, history is written, exit code 0", async () => {
    const container = await start({ GRACEFUL_SHUTDOWN_TIMEOUT: "2" }, "hang");
    await ready(container);
    const check = fetch(`${container.url}/health/check?fail_on=none`, {
      method: "POST",
      keepalive: false,
      headers: { authorization: `Bearer ${masterKey}` },
    });
    await eventually("a probe hangs that was asked for", async () => {
      const backlog = await (await container.get("/health/backlog")).json();
      return (backlog as { checks_waiting: number }).checks_waiting === 1;
    });
    container.terminate();
    await eventually("it says that it is not alive", async () => {
      const asked = ["/health/liveliness", "/health/readiness"].map((path) => container.get(path));
      return (await Promise.all(asked)).every(({ status }) => status === 503);
    });
    expect((await check).status).toBe(200);
    const ended = await Promise.race([
      container.child.exited,
      Bun.sleep(stopBoundMs).then(() => "it runs on"),
    ]);
    expect(ended).toBe(0);
    expect(container.output()).toContain("SIGTERM: stopping");
    const kept = new Database(join(container.data, "fleetpulse.sqlite"), { readonly: true });
    // The one that refuses its key; of the other nothing was ever known.
    expect(kept.query("SELECT count(*) AS rows FROM status").get()).toEqual({ rows: 1 });
    kept.close();
  }, 60_000);

  test("ends with exit code 2 and says why when no configuration is mounted", async () => {
    const container = await start({ CONFIG_FILE_PATH: "/etc/fleetpulse/absent.yaml" });
    expect(await container.child.exited).toBe(2);
    expect(container.output()).toContain("/etc/fleetpulse/absent.yaml");
  });
});
