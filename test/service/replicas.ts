// Several services that share a fleet over one Redis, each a process, and what each of them says of it.

import { randomUUID } from "node:crypto";
import type { CountingUpstream } from "../fleet/counting-upstream.ts";
import { eventually } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

export interface Member {
  readonly node: string;
  readonly owned_deployments: number;
}

export interface SharedStatus {
  readonly pod_id: string;
  readonly lock_owner: string | null;
  readonly redis_available: boolean;
  readonly cluster: string;
  readonly members: readonly Member[];
}

export interface Entry {
  readonly model_id: string;
  readonly source: string;
  readonly last_check: string | null;
}

export interface ReplicasOptions {
  readonly upstream: CountingUpstream;
  readonly redisUrl: string;
  readonly deployments: number;
  /** More lines of the file. */
  readonly more?: string;
  readonly own?: string;
  readonly env?: Record<string, string>;
}

export interface Replicas {
  readonly clusterName: string;
  readonly all: RunningService[];
  start(node: string): Promise<RunningService>;
  stop(): Promise<void>;
}

/** Services with one configuration, in a cluster that no other test has. */
export function replicas(options: ReplicasOptions): Replicas {
  const { upstream, deployments, more = "", own = "" } = options;
  const clusterName = `replicas-${randomUUID()}`;
  const models = Array.from(
    { length: deployments },
    (_, number) => `  - model_name: group-${number}
    litellm_params: {model: openai/m, api_base: "${upstream.url}/ok-${number}/v1", api_key: sk-of-replicas}
    model_info: {id: "id-${number}"}`,
  );
  const cluster = more.includes("use_shared_health_check") ? "" : `, cluster: ${clusterName}`;
  const config = `model_list:\n${models.join("\n")}
${more.replaceAll("CLUSTER", clusterName)}
fleetpulse: {probe: completion, interval: 600, service_timeout: 5, cluster_heartbeat: 1, threads: 1${cluster}${own}}\n`;
  const all: RunningService[] = [];
  return {
    clusterName,
    all,
    async start(node) {
      const env = { REDIS_URL: options.redisUrl, POD_ID: node, HOSTNAME: node, ...options.env };
      const service = await runService(config, { env });
      all.push(service);
      return service;
    },
    async stop() {
      for (const { child } of all) {
        child.kill("SIGKILL");
        await child.exited;
      }
    },
  };
}

const jsonOf = async (answer: Promise<Response>) => (await (await answer).json()) as unknown;

/** What `/health/shared-status` says; null where replicas do not share. */
export async function statusOf(service: RunningService): Promise<SharedStatus | null> {
  const body = await jsonOf(service.get("/health/shared-status"));
  return (body as { status?: SharedStatus }).status ?? null;
}

/** Of each replica how many deployments are its own, as this one says, lowest first; empty while it has no place. */
export async function sharesOf(service: RunningService): Promise<number[]> {
  const status = await statusOf(service);
  if (status === null || status.lock_owner === null) return [];
  return status.members.map((member) => member.owned_deployments).sort((a, b) => a - b);
}

/** They have divided as many deployments among as many replicas, and each asks some. */
export async function divided(services: readonly RunningService[], deployments: number) {
  await eventually("the fleet is divided", async () => {
    const told = await Promise.all(services.map(sharesOf));
    const first = told[0] ?? [];
    return (
      first.length === services.length &&
      first.every((owned) => owned > 0) &&
      first.reduce((sum, owned) => sum + owned, 0) === deployments &&
      told.every((shares) => Bun.deepEquals(shares, first))
    );
  });
}

export async function healthyOf(service: RunningService): Promise<Entry[]> {
  return (await service.health()).healthy_endpoints as unknown as Entry[];
}

/** Asks all or one of them now; the entries that it answers with. */
export async function check(service: RunningService, modelId: string | null = null) {
  const query = modelId === null ? "" : `?model_id=${modelId}`;
  const url = `${service.url}/health/check${query}`;
  const body = await jsonOf(fetch(url, { method: "POST", keepalive: false }));
  const { pending, healthy_endpoints } = body as {
    pending: number;
    healthy_endpoints: readonly Entry[];
  };
  return { pending, entries: healthy_endpoints };
}

/** The sum of all series of a metric. */
export async function metricOf(service: RunningService, name: string): Promise<number> {
  const text = await (await service.get("/metrics")).text();
  const lines = text.split("\n").filter((line) => new RegExp(`^${name}[{ ]`).test(line));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
