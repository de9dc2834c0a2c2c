// What is given for Docker Compose: files that Compose takes, whose parts fit each other and the service.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DCLinter } from "dclint";
import { parse } from "yaml";
import { parseConfig } from "../../src/config/read.ts";
import { settingNames, settingRows } from "../../src/config/setting-rows.ts";

interface Service {
  readonly image: string;
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const root = join(import.meta.dir, "../..");
const folder = join(root, "deploy");
const names = ["compose.yaml", "compose.litellm.yaml"];
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const [base, litellm] = names.map((name) => parse(text(name)) as Compose);
const fleetpulse = base?.services["fleetpulse"];
const variables = settingNames.flatMap((name) => [
  ...(settingRows[name].overrides ?? []),
  ...(settingRows[name].fallbacks ?? []),
]);

describe("the files for Docker Compose", () => {
  test.each(names)("%s has no mistake that a linter finds", (name) => {
    const linter = new DCLinter({
      ...{ quiet: false, debug: false, exclude: [] },
      rules: { "require-quotes-in-ports": [1, { quoteType: "double" }] },
    });
    const found = linter.lintFiles([join(folder, name)], false);
    const said = found.flatMap(({ messages }) => messages);
    expect(said.map(({ line, rule, message }) => `${line} ${rule}: ${message}`)).toEqual([]);
  });

  test("bring PostgreSQL, Redis and Prometheus, and another brings a real proxy", () => {
    expect(Object.keys(base?.services ?? {})).toEqual([
      ...["fleetpulse", "postgres", "prometheus", "redis"],
    ]);
    expect(Object.keys(litellm?.services ?? {})).toEqual(["fleetpulse", "litellm"]);
  });

  test("set for the service only what it reads, keys of providers aside", () => {
    const config = parseConfig(text("config/config.yaml"), {
      ...{ file: "config.yaml", flags: {}, cores: 2 },
      environment: { OPENAI_API_KEY: "a", ANTHROPIC_API_KEY: "b", LITELLM_MASTER_KEY: "c" },
    });
    expect(config.warnings).toEqual([]);
    const keys = [...text("config/config.yaml").matchAll(/os\.environ\/(\w+)/g)].map(
      ([, name]) => name,
    );
    const known = new Set([...variables, ...keys, "LITELLM_MASTER_KEY", "REDIS_URL"]);
    const given = [fleetpulse, litellm?.services["fleetpulse"]].flatMap((service) =>
      Object.keys(service?.environment ?? {}),
    );
    expect(given.filter((name) => !known.has(name))).toEqual([]);
    expect([...new Set(keys)].filter((name) => !given.includes(name ?? ""))).toEqual([]);
  });

  test("name volumes that are declared and files that are there", () => {
    const services = [base, litellm].flatMap((file) => Object.values(file?.services ?? {}));
    const sources = services
      .flatMap(({ volumes }) => volumes ?? [])
      .map((one) => one.split(":")[0] ?? "");
    const declared = Object.keys(base?.volumes ?? {});
    const absent = sources.filter((source) =>
      source.startsWith("./") ? !existsSync(join(folder, source)) : !declared.includes(source),
    );
    expect(absent).toEqual([]);
  });

  test("hold no password or key, and refuse to start without one", () => {
    const values = [base, litellm]
      .flatMap((file) => Object.values(file?.services ?? {}))
      .flatMap(({ environment }) => Object.entries(environment ?? {}))
      .filter(([name, value]) => /PASSWORD|AUTH|KEY/.test(name) || value?.includes("@"));
    expect(values.length).toBeGreaterThan(0);
    // One without a value is handed on from the environment of the command.
    expect(values.filter(([, value]) => value !== null && !value.includes(":?set "))).toEqual([]);
  });

  test("mount the configuration as a folder, so that a file in the old one's place is seen", () => {
    const all = [base, litellm].flatMap((file) => Object.values(file?.services ?? {}));
    const mounts = all.flatMap(({ volumes }) => volumes ?? []);
    expect(mounts.filter((one) => one.includes("config.yaml"))).toEqual([]);
    expect(mounts).toContain("./config:/etc/fleetpulse:ro");
  });

  test("open ports to this machine only", () => {
    const services = [base, litellm].flatMap((file) => Object.values(file?.services ?? {}));
    const ports = services.flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  });

  test("see to the health of everything that the image does not see to itself", () => {
    const others = { ...base?.services, ...litellm?.services };
    const without = Object.entries(others)
      .filter(([name, service]) => name !== "fleetpulse" && service.healthcheck === undefined)
      .map(([name]) => name);
    expect(without).toEqual([]);
  });

  test("leave the service more time to stop than it takes, and nothing to write to but its volume", () => {
    const seconds = Number(fleetpulse?.stop_grace_period?.replace("s", ""));
    expect(seconds).toBeGreaterThan(Number(settingRows.shutdownTimeoutMs.byDefault));
    expect(fleetpulse?.read_only).toBe(true);
    expect(fleetpulse?.volumes).toContain("fleetpulse-data:/data");
  });
});
