// The fleet that all are measured with: the deployments of one config.yaml at the simulated provider.

import { uniformConfig } from "../../src/demo/fleet.ts";

export const deployments = 200;

export function fleetOf(url: string, settings: Readonly<Record<string, number | string>>): string {
  return uniformConfig({ url, count: deployments, settings });
}

/** Requests that came in at the simulator, of which this is one: it numbers its answers. */
export async function requestsAt(url: string): Promise<number> {
  const answer = await fetch(`${url}/ok-0/v1/models`, {
    headers: { authorization: "Bearer sk-bench-0" },
    keepalive: false,
    signal: AbortSignal.timeout(10_000),
  });
  return Number(answer.headers.get("x-request-id")?.replace("req-", ""));
}
