import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const script = join(import.meta.dir, "../../src/cli/validate.ts");

function validate(text: string, environment: Record<string, string> = {}, ...more: string[]) {
  const folder = temporaryFolder("validate");
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  const run = Bun.spawnSync([process.execPath, script, "--config", file, ...more], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  removeFolder(folder);
  const lines = (bytes: Buffer) => bytes.toString().replaceAll(/ {2,}/g, "  ");
  return { exitCode: run.exitCode, stdout: lines(run.stdout), stderr: lines(run.stderr) };
}

test("validate says what would be probed, how, what not and why, and what it would cost a day", () => {
  const { exitCode, stdout } = validate(`
model_list:
  - model_name: four
    litellm_params: {model: openai/gpt-4o, api_key: sk-secret-12345, input_cost_per_token: 0.000001, output_cost_per_token: 0.00001}
  - model_name: own
    litellm_params: {model: hosted_vllm/llama, api_base: "http://user:sk-secret-12345@box:8000/v1"}
  - model_name: claude
    litellm_params: {model: oci/cohere.command-r}
  - model_name: lost
    litellm_params: {model: anthropic/claude-3, api_key: os.environ/NOT_SET}
    model_info: {helth_check_model: x}
`);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    "four  openai/gpt-4o  openai  chat  300 s  0.0040 USD  GET https://api.openai.com/v1/models/gpt-4o, and every 3600 s POST https://api.openai.com/v1/chat/completions",
  );
  expect(stdout).toContain(
    "own  hosted_vllm/llama  hosted_vllm  chat  300 s  unknown  POST http://box:8000/v1/chat/completions",
  );
  expect(stdout).toContain("claude  oci/cohere.command-r  oci  provider oci wants requests signed");
  expect(stdout).toContain(
    "lost  anthropic/claude-3  anthropic  the environment variable NOT_SET is not set",
  );
  expect(stdout).toContain("Did you mean health_check_model?");
  expect(stdout).toContain("576 probes a day, at most 0.0040 USD a day");
  expect(stdout).toContain("the price of 1 of 2 is unknown");
  expect(stdout).not.toContain("secret");
});

test.each([
  ["asks the paid question each time", "probe: completion", "", "0.0484 USD"],
  ["asks for free only", "probe: metadata", "", "0 USD"],
  ["pays twice an hour", "paid_interval: 1800", "", "0.0081 USD"],
  ["has a budget for all", "budget_usd_per_day: 0.001", "", "0.0010 USD"],
  [
    "has a budget of its own",
    "probe: completion",
    "health_check_budget_tokens_per_day: 240",
    "0.0017 USD",
  ],
])("validate knows what a deployment costs a day that %s", (_, own, info, cost) => {
  const { stdout } = validate(`
model_list:
  - model_name: four
    litellm_params: {model: openai/gpt-4o, api_key: k, input_cost_per_token: 0.000001, output_cost_per_token: 0.00001}
    model_info: {${info}}
fleetpulse: {${own}}
`);
  expect(stdout).toContain(`288 probes a day, at most ${cost} a day`);
});

test("validate names everything that is wrong and exits with 2", () => {
  const { exitCode, stderr } = validate("model_list: [x]\nfleetpulse: {rise: none}\n");
  expect(exitCode).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(2);
});

test("validate answers an option that it does not know with one line", () => {
  const { exitCode, stderr } = validate("model_list: []\n", {}, "--nope");
  expect(exitCode).toBe(1);
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining("--nope")]);
});

test("validate says through which proxy, and nothing of its credentials", () => {
  const { exitCode, stdout } = validate(
    `
model_list:
  - model_name: far
    litellm_params: {model: openai/gpt-4o, api_key: k}
  - model_name: near
    litellm_params: {model: hosted_vllm/llama, api_base: "http://box:8000/v1"}
`,
    {
      ALL_PROXY: "http://user:hunter2-secret@proxy:3128",
      NO_PROXY: "box",
      HTTP_PROXY: "x://hunter2-secret",
    },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    "POST https://api.openai.com/v1/chat/completions through the proxy proxy:3128",
  );
  expect(stdout).toContain("warning: HTTP_PROXY is not the URL of a proxy");
  expect(stdout).toMatch(/POST http:\/\/box:8000\/v1\/chat\/completions\n/);
  expect(stdout).not.toContain("hunter2");
});

test("validate tells of a model that a chat would load that it is paid in doubt only", () => {
  const { stdout } = validate(`
model_list:
  - model_name: local
    litellm_params: {model: ollama_chat/llama3.2}
`);
  expect(stdout).toContain(
    "POST http://localhost:11434/api/show, and in doubt POST http://localhost:11434/api/chat",
  );
  expect(stdout).toContain("288 probes a day, at most 0 USD a day");
});

test("validate tells what a day costs at most where nobody documents that a list of models tests the key", () => {
  const { stdout } = validate(`
model_list:
  - model_name: gateway
    litellm_params: {model: openai_like/x, api_base: "http://box:8000/v1", api_key: k, input_cost_per_token: 0.000001, output_cost_per_token: 0.00001}
`);
  expect(stdout).toContain("288 probes a day, at most 0.0040 USD a day while all is well");
  expect(stdout).toContain(
    "at most 0.0484 USD if the lists of models of 1 of them are for everybody, so that no key is tested for free",
  );
});
