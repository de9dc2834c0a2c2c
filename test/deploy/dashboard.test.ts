// What is given for Grafana and Prometheus, by a real Prometheus that scrapes the demo fleet.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../servers/process.ts";
import { type Prometheus, startPrometheus } from "../servers/prometheus.ts";
import { type RunningService, runService } from "../service/process.ts";

const deploy = join(import.meta.dir, "../../deploy");

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

const { panels, templating } = JSON.parse(
  readFileSync(join(deploy, "grafana/fleetpulse.json"), "utf8"),
) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
};

let service: RunningService;
let prometheus: Prometheus;

beforeAll(async () => {
  service = await runService(null);
  prometheus = await startPrometheus({
    target: service.url,
    rules: ["recording.yml", "alerts.yml"].map((file) => join(deploy, "prometheus", file)),
  });
  await eventually("the demo fleet was scraped three times", async () => {
    const [samples] = await prometheus.query('count_over_time(up{job="fleetpulse"}[1m])');
    return Number(samples?.value[1] ?? 0) >= 3;
  });
}, 60_000);

afterAll(async () => {
  await prometheus.stop();
  service.child.kill("SIGKILL");
  await service.child.exited;
});

/** As Grafana fills in what stands for the user's choice. */
function filledIn(expression: string): string {
  return expression.replaceAll("$__rate_interval", "30s").replaceAll(/\$\w+/g, ".*");
}

describe("the dashboard's panel", () => {
  for (const { title, targets = [] } of panels) {
    for (const { expr } of targets) {
      test(`${title} shows data: ${expr}`, async () => {
        await eventually(
          "there is data",
          async () => (await prometheus.query(filledIn(expr))).length > 0,
        );
      }, 60_000);
    }
  }
});

describe("what can be chosen on the dashboard", () => {
  for (const { name, type, query } of templating.list) {
    if (type !== "query" || typeof query === "string") continue;
    test(`has values: ${name}`, async () => {
      // As Grafana asks: the values that a label has among the series of a selector.
      const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
      const asked = new URLSearchParams({ "match[]": filledIn(selector) });
      const answer = await fetch(`${prometheus.url}/api/v1/label/${label}/values?${asked}`);
      const { data } = (await answer.json()) as { data: string[] };
      expect(data.length).toBeGreaterThan(0);
    });
  }
});

test("the dashboard asks of what was chosen only", () => {
  const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join("\n");
  const selectors = asked.match(/\b(?:fleetpulse|process)_\w+(?:\{[^}]*\})?/g) ?? [];
  const chosen = '{job=~"$job", instance=~"$instance"';
  expect(selectors.length).toBeGreaterThan(0);
  expect(selectors.filter((one) => !one.includes(chosen))).toEqual([]);
});

describe("Prometheus", () => {
  test("has the fleet as the service itself tells it", async () => {
    const health = await service.health();
    const counted = await prometheus.query("count(fleetpulse_deployment_info)");
    const all = health.healthy_count + health.unhealthy_count + health.unknown_count;
    expect(Number(counted[0]?.value[1])).toBe(all);
  });

  test("evaluates the rules that are given", async () => {
    await eventually(
      "a recorded series is there",
      async () => (await prometheus.query("model_name:fleetpulse_model_group_up:max")).length > 0,
    );
    const answer = await fetch(`${prometheus.url}/api/v1/rules`);
    const { data } = (await answer.json()) as {
      data: { groups: { rules: { name: string; health: string }[] }[] };
    };
    const broken = data.groups.flatMap(({ rules }) =>
      rules.filter(({ health }) => health === "err").map(({ name }) => name),
    );
    expect(broken).toEqual([]);
  });
});
