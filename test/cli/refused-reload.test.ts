import { describe, expect, test } from "bun:test";
import { isLoopback, openWarning } from "../../src/cli/address.ts";
import { refusedAtReload } from "../../src/cli/refused-reload.ts";
import { parseConfig } from "../../src/config/read.ts";
import { Secret } from "../../src/config/secret.ts";

const models = "model_list: [{model_name: m, litellm_params: {model: openai/x}}]\n";

/** What a service with one deployment refuses of this text; `host` is where it listens. */
function refused(text: string, host = "127.0.0.1", flags = {}, deployments = 1) {
  const config = parseConfig(text, { file: "config.yaml", flags, environment: {}, cores: 4 });
  return refusedAtReload(config, { host, deployments }).map(({ key }) => key);
}

describe("a reload that loses the key is", () => {
  const lost = ["general_settings.master_key"];

  test("refused where others reach the service", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.7", "gateway"]) {
      expect(refused(models, host)).toEqual(lost);
    }
  });

  test("taken over where only this machine reaches the service", () => {
    for (const host of ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"]) {
      expect(refused(models, host)).toEqual([]);
    }
  });

  test("taken over where the operator gave the host", () => {
    expect(refused(models, "0.0.0.0", { host: "0.0.0.0" })).toEqual([]);
  });

  test("no reload that loses it when there is another key", () => {
    expect(refused(`${models}general_settings: {master_key: sk-2}\n`, "0.0.0.0")).toEqual([]);
  });
});

test("an address of this machine in IPv6's clothes is one of this machine", () => {
  expect([isLoopback("::ffff:127.0.0.1"), isLoopback("::ffff:10.0.0.1")]).toEqual([true, false]);
});

test("a service that answers everybody without a key says so", () => {
  expect(openWarning({ masterKey: null }, "0.0.0.0")).toContain("there is no key");
  expect(openWarning({ masterKey: null }, "127.0.0.1")).toBeNull();
  expect(openWarning({ masterKey: new Secret("sk-1") }, "0.0.0.0")).toBeNull();
});

describe("a reload without models is", () => {
  test("refused when the file is empty, or holds no list of models", () => {
    for (const text of ["", "# nothing\n", "general_settings: {}\n", "model_list:\n"]) {
      expect(refused(text)).toEqual(["model_list"]);
    }
  });

  test("taken over when the list is there and empty", () => {
    expect(refused("model_list: []\n")).toEqual([]);
  });

  test("taken over when there was no model before", () => {
    expect(refused("", "127.0.0.1", {}, 0)).toEqual([]);
  });
});
