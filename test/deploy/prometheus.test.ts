// What is given for Prometheus, by its own tool: a configuration that it takes, rules over metrics that there are.

import { describe, expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exposedName, metricNames } from "../../src/metrics/rows.ts";
import { binary } from "../servers/binaries.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const folder = join(import.meta.dir, "../../deploy/prometheus");
const ruleFiles = ["recording.yml", "alerts.yml"];
const rules = ruleFiles.map((file) => readFileSync(join(folder, file), "utf8")).join();

async function promtool(...words: readonly string[]): Promise<{ exitCode: number; text: string }> {
  const child = Bun.spawn([binary("promtool"), ...words], { stdout: "pipe", stderr: "pipe" });
  const said = await Promise.all(
    [child.stdout, child.stderr].map((one) => new Response(one).text()),
  );
  return { exitCode: await child.exited, text: said.join("") };
}

describe("the files for Prometheus", () => {
  test("are a configuration and rules that Prometheus takes", async () => {
    const place = temporaryFolder("prometheus");
    try {
      // The key is where Compose mounts it; the tool looks whether it is there.
      cpSync(folder, place, { recursive: true });
      const key = join(place, "master-key");
      writeFileSync(key, "sk-1");
      const file = join(place, "prometheus.yml");
      const given = readFileSync(file, "utf8");
      writeFileSync(file, given.replace("/run/secrets/master-key", key));
      expect(await promtool("check", "config", file)).toMatchObject({ exitCode: 0 });
      const paths = ruleFiles.map((one) => join(place, one));
      expect(await promtool("check", "rules", ...paths)).toMatchObject({ exitCode: 0 });
    } finally {
      removeFolder(place);
    }
  });

  test("alert of what they should and of nothing else", async () => {
    const { exitCode, text } = await promtool("test", "rules", join(folder, "alerts.test.yml"));
    expect({ exitCode, text }).toMatchObject({ exitCode: 0 });
  }, 60_000);

  test("have a case for every alert", () => {
    const cases = readFileSync(join(folder, "alerts.test.yml"), "utf8");
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? "");
    const told = [...cases.matchAll(/alertname: (\w+)\n +exp_alerts/g)].map(([, name]) => name);
    expect(alerts.filter((name) => !told.includes(name))).toEqual([]);
  });

  test("ask for metrics that there are", () => {
    const known = new Set(metricNames.map(exposedName));
    const asked = [...rules.matchAll(/(?<![:\w])fleetpulse_\w+(?!\w*:)/g)].map(([name]) => name);
    // Histograms are asked by their buckets.
    const bare = asked.map((name) => name.replace(/_bucket$/, ""));
    expect(asked.length).toBeGreaterThan(0);
    expect(bare.filter((name) => !known.has(name))).toEqual([]);
  });
});
