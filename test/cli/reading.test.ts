// A large configuration is read by a thread of its own: what comes of it, and what is wrong with it, is the same as of a small one.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Reading, read } from "../../src/cli/reading.ts";
import { ConfigError } from "../../src/errors.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("reading");
});
afterAll(() => removeFolder(folder));

const padding = "# nothing\n".repeat(450_000);
const small = `general_settings: {master_key: sk-master-1, database_url: os.environ/DATABASE}
credential_list:
  - credential_name: mine
    credential_values: {api_key: sk-credential-1, api_base: "http://127.0.0.1:1/v1"}
model_list:
  - model_name: a
    litellm_params: {model: openai/one, litellm_credential_name: mine}
  - model_name: a
    litellm_params: {model: openai/two, api_key: os.environ/NOT_SET}
  - model_name: b
    litellm_params: {model: bedrock/three}
    model_info: {mod: chat}
`;

function reading(text: string): Promise<Reading> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  return read({
    file,
    text: null,
    flags: { port: 1 },
    environment: { DATABASE: "postgres://user:secret@127.0.0.1:1/db" },
    cores: 2,
  });
}

const reasonOf = (text: string) =>
  reading(text).then(
    () => null,
    (error: Error) => [error.constructor, error.message],
  );

async function everythingOf({ config, fleet }: Reading) {
  const { deployments, groups, warnings } = await fleet();
  const { settings, ...rest } = config;
  const secrets = [settings.masterKey, settings.databaseUrl].map((one) => one?.reveal());
  const list = Array.from({ length: deployments.length }, (_, place) => deployments.at(place));
  return { ...rest, settings: { ...settings }, secrets, list, groups, warnings };
}

describe("a configuration of several megabytes", () => {
  test("means what it means when it is small", async () => {
    const [one, other] = [await reading(small), await reading(small + padding)];
    expect(await everythingOf(other)).toEqual(await everythingOf(one));
    expect(other.config.credentials.get("mine")).toMatchObject({ api_key: "sk-credential-1" });
    expect(other.config.warnings).toHaveLength(1);
  });

  test("keeps its secrets secret on the way", async () => {
    const { config } = await reading(small + padding);
    expect(JSON.stringify(config.settings)).not.toContain("sk-master-1");
    expect(config.settings.masterKey?.reveal()).toBe("sk-master-1");
  });

  test("is refused with every mistake and its place", async () => {
    const wrong = `${small}fleetpulse: {interval: soon, no_such_key: 1}\n`;
    const reason = await reasonOf(wrong);
    expect(reason?.[1]).toMatch(/config\.yaml:13:\d+: fleetpulse\.interval/);
    expect(await reasonOf(wrong + padding)).toEqual(reason);
  });

  test("is refused with the files that it is made of", async () => {
    const files = (text: string) =>
      reading(text).then(
        () => null,
        (error: unknown) => (error instanceof ConfigError ? error.files : null),
      );
    const wrong = "include: [absent.yaml]\n";
    const of = ["config.yaml", "absent.yaml"].map((name) => join(folder, name));
    expect([await files(wrong), await files(wrong + padding)]).toEqual([of, of]);
  });

  test("counts with the files that it includes", async () => {
    writeFileSync(join(folder, "more.yaml"), small + padding);
    const { config, fleet } = await reading("include: [more.yaml]\n");
    expect(config.files.map((file) => file.slice(folder.length))).toEqual([
      "/config.yaml",
      "/more.yaml",
    ]);
    expect((await fleet()).deployments.length).toBe(3);
  });
});
