import { describe, expect, test } from "bun:test";
import { exposedName, metricNames, metricRows } from "../../src/metrics/rows.ts";
import { createReader } from "../../src/table/reader.ts";
import { observe } from "../../src/table/thread-histogram.ts";
import { startContext, threeModels } from "../server/context.ts";
import { binary } from "../servers/binaries.ts";

function started() {
  const server = startContext(threeModels);
  server.say(0, "healthy");
  server.say(1, "unhealthy", "server_error", "boom");
  return server;
}

async function sample(
  server: ReturnType<typeof started>,
  line: string,
): Promise<string | undefined> {
  const text = await (await server.get("/metrics")).text();
  return text
    .split("\n")
    .find((one) => one.startsWith(`${line} `))
    ?.slice(line.length + 1);
}

describe("the metrics", () => {
  test("satisfy promtool", async () => {
    const server = started();
    await server.get("/health");
    const text = await (await server.get("/metrics")).text();
    const promtool = Bun.spawn([binary("promtool"), "check", "metrics"], {
      stdin: new Blob([text]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const said =
      (await new Response(promtool.stdout).text()) + (await new Response(promtool.stderr).text());
    expect(said).toBe("");
    expect(await promtool.exited).toBe(0);
  });

  test("are exactly those of the table, each with its type", async () => {
    const text = await (await started().get("/metrics")).text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(types.sort()).toEqual(
      metricNames.map((name) => `${exposedName(name)} ${metricRows[name].type}`).sort(),
    );
  });

  test("carry exactly the labels of the table", async () => {
    const server = started();
    await server.get("/health");
    const text = await (await server.get("/metrics")).text();
    for (const name of metricNames) {
      const pattern = new RegExp(`^${exposedName(name)}(?:_count)?\\{([^}]*)\\}`, "m");
      const labels = pattern.exec(text)?.[1] ?? "";
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label ?? "");
      if (names.length > 0) expect(names.sort()).toEqual([...metricRows[name].labels].sort());
    }
  });

  test("say which deployments work", async () => {
    const server = started();
    expect(await sample(server, 'fleetpulse_deployment_up{model_id="a",model_name="gpt"}')).toBe(
      "1",
    );
    expect(await sample(server, 'fleetpulse_deployment_up{model_id="b",model_name="gpt"}')).toBe(
      "0",
    );
    expect(
      await sample(server, 'fleetpulse_deployment_up{model_id="c/1",model_name="claude"}'),
    ).toBeUndefined();
    expect(await sample(server, 'fleetpulse_deployments{state="unhealthy"}')).toBe("1");
    expect(await sample(server, 'fleetpulse_model_groups{state="up"}')).toBe("1");
    expect(
      await sample(server, 'fleetpulse_probes_total{provider="azure",class="server_error"}'),
    ).toBe("1");
    expect(await sample(server, 'fleetpulse_probe_duration_seconds_count{provider="openai"}')).toBe(
      "1",
    );
  });

  test("tell which phase of the last probe took how long, as far as it happened", async () => {
    const server = started();
    const labels = 'model_id="a",model_name="gpt"';
    const phase = (name: string) =>
      sample(server, `fleetpulse_deployment_phase_seconds{${labels},phase="${name}"}`);
    expect(await phase("connect")).toBe("0.0012");
    expect(await phase("first_byte")).toBe("0.04");
    expect(await phase("tls")).toBeUndefined();
  });

  test("give so many deployments series of their own, and count the others", async () => {
    const server = started();
    server.state.deploymentsMax = { scrape: 1, push: 0 };
    const text = await (await server.get("/metrics")).text();
    const ids = [...text.matchAll(/^fleetpulse_deployment_info\{model_id="([^"]*)"/gm)];
    expect(ids.map(([, id]) => id)).toEqual(["a"]);
    expect(text).toContain('fleetpulse_folded_deployments{way="scrape"} 2');
    // The sums are of all.
    expect(text).toContain('fleetpulse_deployments{state="unhealthy"} 1');
  });

  test("tell how late probes started, and how long they waited for a bound", async () => {
    const server = started();
    for (const seconds of [0.0005, 0.02, 40]) {
      observe(server.context.table, 0, "startLateness", seconds);
    }
    const lateness = "fleetpulse_probe_start_lateness_seconds";
    expect(await sample(server, `${lateness}_bucket{thread="0",le="0.001"}`)).toBe("1");
    expect(await sample(server, `${lateness}_bucket{thread="0",le="0.02"}`)).toBe("2");
    expect(await sample(server, `${lateness}_bucket{thread="0",le="+Inf"}`)).toBe("3");
    expect(await sample(server, `${lateness}_sum{thread="0"}`)).toBe("40.0205");
    expect(await sample(server, 'fleetpulse_probe_queue_seconds_count{thread="0"}')).toBe("0");
  });

  test("tell how each push does, and of datagrams only where there are any", async () => {
    const server = started();
    const one = {
      ...{ up: false, pushed: 3, failed: 1, lastPushMs: 1_700_000_000_000, lastTookMs: 250 },
      waitingPoints: 42,
    };
    server.state.exports.push(
      { ...one, name: "otlp", refusedDatagrams: null },
      { ...one, name: "statsd", lastTookMs: null, refusedDatagrams: 7 },
    );
    const text = await (await server.get("/metrics")).text();
    expect(text.match(/^fleetpulse_export\w*\{.*$/gm)).toEqual([
      'fleetpulse_export_up{sink="otlp"} 0',
      'fleetpulse_export_up{sink="statsd"} 0',
      'fleetpulse_exports_total{sink="otlp",result="taken"} 3',
      'fleetpulse_exports_total{sink="otlp",result="failed"} 1',
      'fleetpulse_exports_total{sink="statsd",result="taken"} 3',
      'fleetpulse_exports_total{sink="statsd",result="failed"} 1',
      'fleetpulse_export_last_success_timestamp_seconds{sink="otlp"} 1700000000',
      'fleetpulse_export_last_success_timestamp_seconds{sink="statsd"} 1700000000',
      'fleetpulse_export_last_duration_seconds{sink="otlp"} 0.25',
      'fleetpulse_export_waiting_points{sink="otlp"} 42',
      'fleetpulse_export_waiting_points{sink="statsd"} 42',
      'fleetpulse_export_refused_datagrams_total{sink="statsd"} 7',
    ]);
  });

  test("tell of the cluster, and nothing where there is none", async () => {
    const server = started();
    const cluster = async () =>
      (await (await server.get("/metrics")).text()).match(/^fleetpulse_cluster.*$/gm);
    expect(await cluster()).toBeNull();
    server.state.cluster.sample = {
      ...{ up: true, members: 3, owned: 34, changes: 2 },
      rows: { published: 10, received: 20, refused: 0, stale: 1 },
      orders: { sent: 4, received: 5, refused: 0 },
      lastRenewalMs: null,
    };
    expect(await cluster()).toEqual([
      "fleetpulse_cluster_up 1",
      "fleetpulse_cluster_members 3",
      "fleetpulse_cluster_owned_deployments 34",
      "fleetpulse_cluster_changes_total 2",
      'fleetpulse_cluster_rows_total{result="published"} 10',
      'fleetpulse_cluster_rows_total{result="received"} 20',
      'fleetpulse_cluster_rows_total{result="refused"} 0',
      'fleetpulse_cluster_rows_total{result="stale"} 1',
      'fleetpulse_cluster_orders_total{direction="sent"} 4',
      'fleetpulse_cluster_orders_total{direction="received"} 5',
      'fleetpulse_cluster_orders_total{direction="refused"} 0',
    ]);
    const pushed = await server.metrics.read();
    const members = pushed.find(({ name }) => name === "fleetpulse_cluster_members");
    expect(members?.points).toEqual([{ labels: {}, value: 3 }]);
    server.state.cluster.sample = {
      ...server.state.cluster.sample,
      lastRenewalMs: 1_700_000_000_500,
    };
    expect(await sample(server, "fleetpulse_cluster_last_renewal_timestamp_seconds")).toBe(
      "1700000000.5",
    );
  });

  test("count requests by route, method and status, never by what a client typed", async () => {
    const server = started();
    await server.get("/health?model=nobody");
    await server.get("/some/path/that/is/none");
    const text = await (await server.get("/metrics")).text();
    expect(text).toContain(
      'fleetpulse_http_requests_total{route="/health",method="GET",status="404"} 1',
    );
    expect(text).toContain(
      'fleetpulse_http_requests_total{route="none",method="GET",status="404"} 1',
    );
    expect(text).not.toContain("that/is/none");
  });

  test("never go back when a deployment leaves the configuration", async () => {
    const server = started();
    const total = 'fleetpulse_probes_total{provider="azure",class="server_error"}';
    expect(await sample(server, total)).toBe("1");
    const gone = server.registry.at(1);
    if (gone === null) throw new Error("no deployment");
    server.metrics.retire(1, gone, createReader(server.context.table).read(1).row);
    const rest = server.registry.slots().flatMap((slot) => server.registry.at(slot) ?? []);
    server.registry.replace(rest.filter(({ key }) => key !== gone.key));
    expect(await sample(server, total)).toBe("1");
    expect(
      await sample(server, 'fleetpulse_deployment_up{model_id="b",model_name="gpt"}'),
    ).toBeUndefined();
  });

  test("are OpenMetrics for a scraper that asks for it", async () => {
    const response = await started().get("/metrics", {
      accept: "application/openmetrics-text; version=1.0.0",
    });
    expect(response.headers.get("content-type")).toContain("application/openmetrics-text");
    const text = await response.text();
    expect(text).toContain("# TYPE fleetpulse_probes counter");
    expect(text).toContain('fleetpulse_probes_total{provider="azure",class="server_error"} 1');
    expect(text.trimEnd().endsWith("# EOF")).toBe(true);
    // Whole bounds have a point in it.
    expect(text).toContain('fleetpulse_probe_duration_seconds_bucket{provider="openai",le="1.0"}');
    expect(text).not.toMatch(/le="\d+"/);
  });

  test("are served with a trailing slash too", async () => {
    expect((await started().get("/metrics/")).status).toBe(200);
  });
});
