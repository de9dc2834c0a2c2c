import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const script = join(import.meta.dir, "../../src/cli/probe.ts");
const key = "sk-operator-0123456789abcdef";
const folder = temporaryFolder("probe-command");
const file = join(folder, "config.yaml");

let answer = () => new Response("", { status: 500 });
const upstream = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => answer() });
const base = `http://127.0.0.1:${upstream.port}/v1`;

afterAll(() => {
  upstream.stop(true);
  removeFolder(folder);
});
beforeEach(() => {
  writeFileSync(
    file,
    `model_list:
  - model_name: four
    litellm_params: {model: openai/gpt-4o, api_base: "${base}", api_key: ${key}}
    model_info: {id: first}
  - model_name: twice
    litellm_params: {model: openai/a, api_base: "${base}", api_key: ${key}}
    model_info: {id: second}
  - model_name: twice
    litellm_params: {model: openai/b, api_base: "${base}", api_key: ${key}}
    model_info: {id: third}
  - model_name: keyless
    litellm_params: {model: anthropic/claude-3}
`,
  );
});

async function probe(more: readonly string[], environment: Record<string, string> = {}) {
  const run = Bun.spawn([process.execPath, script, "--config", file, ...more], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  return { stdout, stderr, exitCode };
}

const chat = {
  model: "gpt-4o-2024-08-06",
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};

describe("probe", () => {
  test("shows what was asked, what was answered, how long each phase took, and what it means", async () => {
    answer = () =>
      Response.json(chat, {
        headers: { "x-request-id": "req-1", "x-ratelimit-remaining-requests": "77" },
      });
    const { stdout, exitCode } = await probe(["four"]);
    expect(exitCode).toBe(0);
    expect(stdout).toStartWith("four: openai/gpt-4o (openai, chat), model_id first\n");
    expect(stdout).toContain(`> POST ${base}/chat/completions\n`);
    expect(stdout).toContain('"content":"ping"');
    expect(stdout).toContain("< HTTP 200\n");
    expect(stdout).toContain("< x-request-id: req-1\n");
    expect(stdout).toMatch(/connect \d+\.\d ms · .*first byte \d+\.\d ms · total \d+\.\d ms/);
    expect(stdout).toContain("reached 127.0.0.1");
    expect(stdout).toContain("healthy (ok: answered as expected)\n");
    expect(stdout).toContain("served by: gpt-4o-2024-08-06");
    expect(stdout).toContain("tokens: 8 in, 2 out");
    expect(stdout).toContain("left of the rate limit: 77 requests");
    // 2.5 USD a million tokens in, 10 out.
    expect(stdout).toContain("cost: 0.00004 USD");
  });

  test("of a refusal tells the class and the provider's words, and ends with 1", async () => {
    answer = () =>
      Response.json(
        { error: { message: "The model `gpt-4o` does not exist", code: "model_not_found" } },
        { status: 404 },
      );
    const { stdout, exitCode } = await probe(["first"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("unhealthy (model_not_found:");
    expect(stdout).toContain("HTTP 404: The model `gpt-4o` does not exist");
  });

  test("never shows a key, also when the upstream sends it back", async () => {
    answer = () =>
      Response.json(
        { error: { message: `Incorrect API key provided: ${key}` } },
        { status: 401, headers: { "x-echo": key, "set-cookie": "session=abc" } },
      );
    const { stdout, stderr } = await probe(["four"]);
    expect(stdout).toContain("authorization: [redacted]");
    expect(stdout).toContain("set-cookie: [redacted]");
    expect(stdout + stderr).not.toContain(key);
  });

  test("shows that nobody answered", async () => {
    const closed = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const port = closed.port;
    closed.stop(true);
    writeFileSync(
      file,
      `model_list: [{model_name: gone, litellm_params: {model: openai/x, api_base: "http://127.0.0.1:${port}", api_key: k}}]\n`,
    );
    const { stdout, exitCode } = await probe(["gone"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("< no answer: ");
    expect(stdout).toContain("unhealthy (connect:");
  });

  test("asks the free question on demand", async () => {
    answer = () => Response.json({ data: [{ id: "gpt-4o" }] });
    const { stdout } = await probe(["four", "--rung", "metadata"]);
    expect(stdout).toContain(`> GET ${base}/models\n`);
    expect(stdout).toContain("it cost nothing");
  });
});

describe("probe asks nothing and ends with 2", () => {
  test("when several deployments have the name, and lists their ids", async () => {
    const { stderr, exitCode } = await probe(["twice"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("2 deployments are called twice");
    expect(stderr).toContain("twice: openai/b (openai, chat), model_id third");
  });

  test("when none has it, and lists what there is", async () => {
    const { stderr, exitCode } = await probe(["nobody"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("There is no deployment nobody");
    expect(stderr).toContain("four: openai/gpt-4o");
  });

  test("when none is named", async () => {
    expect(await probe([])).toMatchObject({ exitCode: 2 });
  });

  test("when the deployment cannot be asked, and says why", async () => {
    const { stdout, exitCode } = await probe(["keyless"]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain("it cannot be asked: there is no key");
  });

  test("when an option is not known", async () => {
    expect(await probe(["four", "--rung", "gold"])).toMatchObject({ exitCode: 2 });
  });
});

test("probe of a deployment that is logged in to shows how the login ended, and nothing of it", async () => {
  const token = "token-of-the-login-123456";
  answer = () => Response.json({ error: { message: `bad token ${token}` } }, { status: 401 });
  const host = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.json({ access_token: token, expires_in: 3600 }),
  });
  writeFileSync(
    file,
    `model_list:
  - model_name: entra
    litellm_params: {model: azure/gpt-4o, api_base: "${base}", tenant_id: t, client_id: c, client_secret: the-client-secret}
`,
  );
  const { stdout, stderr, exitCode } = await probe(["entra"], {
    AZURE_AUTHORITY_HOST: `http://127.0.0.1:${host.port}`,
  });
  const { port } = host;
  host.stop(true);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`login: POST http://127.0.0.1:${port}/t/oauth2/v2.0/token -> HTTP 200`);
  expect(stdout).toContain("authorization: [redacted]");
  expect(stdout + stderr).not.toContain(token);
  expect(stdout + stderr).not.toContain("the-client-secret");
});
