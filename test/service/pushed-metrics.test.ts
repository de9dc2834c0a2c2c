import { afterEach, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { attributesOf, type OtlpReceiver, startOtlpReceiver } from "../exports/otlp-receiver.ts";
import { eventually } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

let stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

function provider(): DemoProvider {
  const started = startDemoProvider({ latencyMs: 0 });
  stops.push(() => started.stop());
  return started;
}

function receiver(): OtlpReceiver {
  const started = startOtlpReceiver();
  stops.push(() => started.stop());
  return started;
}

async function run(more: string): Promise<RunningService> {
  const { url } = provider();
  const model = (behaviour: string) => `  - model_name: group-${behaviour}
    litellm_params: {model: openai/model, api_base: "${url}/${behaviour}-1/v1", api_key: sk-of-${behaviour}}
    model_info: {id: "${behaviour}"}`;
  const service = await runService(
    `model_list:\n${["ok", "auth"].map(model).join("\n")}\nfleetpulse: {interval: 1, confirm_interval: 0.1, fall: 1, ${more}}\n`,
  );
  stops.push(async () => {
    service.child.kill("SIGKILL");
    await service.child.exited;
  });
  return service;
}

test("a running service pushes its metrics by OTLP, and tells how that goes", async () => {
  const otlp = receiver();
  const service = await run(
    `otlp_endpoint: "${otlp.url}", otlp_headers: "x-key=sk-otlp-secret", otlp_interval: 1`,
  );
  const ups = () => {
    const points = otlp.received
      .at(-1)
      ?.metrics.find(({ name }) => name === "fleetpulse_deployment_up")?.gauge?.data_points;
    return Object.fromEntries(
      (points ?? []).map((point) => [
        attributesOf(point.attributes)["model_id"],
        point.as_double ?? point.as_int ?? 0,
      ]),
    );
  };
  await eventually("both states are pushed", async () => ups()["ok"] === 1 && ups()["auth"] === 0);
  expect(otlp.received[0]?.headers["x-key"]).toBe("sk-otlp-secret");
  const metrics = async () => (await service.get("/metrics")).text();
  expect(await metrics()).toContain('fleetpulse_export_up{sink="otlp"} 1');
  const duration = /^fleetpulse_export_last_duration_seconds\{sink="otlp"\} [\d.]+$/m;
  await eventually("it is told how long it took", async () => duration.test(await metrics()));
  expect(await metrics()).not.toContain("fleetpulse_export_refused_datagrams_total{");
  const waiting = /^fleetpulse_export_waiting_points\{sink="otlp"\} (\d+)$/m;
  await eventually("nothing waits", async () => waiting.exec(await metrics())?.[1] === "0");

  otlp.answer = () => new Response("no", { status: 403 });
  await eventually("the refusal is told", async () =>
    (await metrics()).includes('fleetpulse_export_up{sink="otlp"} 0'),
  );
  await eventually(
    "what was refused waits",
    async () => Number(waiting.exec(await metrics())?.[1]) > 10,
  );
  expect(service.output()).toContain("metrics are not taken by otlp");
  expect(service.output()).not.toContain("otlp-secret");
  expect(await metrics()).not.toContain("otlp-secret");
}, 60_000);

test("a running service pushes its metrics to DogStatsD", async () => {
  const lines = new Set<string>();
  const agent = createSocket("udp4");
  stops.push(() => agent.close());
  agent.on("message", (message) => {
    for (const line of message.toString().trim().split("\n")) lines.add(line);
  });
  await new Promise<void>((resolve) => agent.bind(0, "127.0.0.1", resolve));
  await run(
    `statsd: "udp://127.0.0.1:${agent.address().port}", statsd_interval: 1, statsd_tags: ["env:test"]`,
  );
  await eventually(
    "the documented gauges came",
    async () =>
      lines.has("litellm.health:1|g|#env:test") &&
      lines.has("litellm.healthy_models:1|g|#env:test"),
  );
}, 60_000);
