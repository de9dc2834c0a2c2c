import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { otlpAgents } from "../../src/exports/otlp-agent.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { type Authority, createAuthority } from "../transport/authority.ts";

const name = "receiver.example";
const resolver = createResolver(async () => [{ address: "127.0.0.1", family: 4, ttl: 60 }]);
let authority: Authority;
let server: { readonly port: number | undefined; stop(now: boolean): Promise<void> };

beforeAll(() => {
  authority = createAuthority();
  const { certFile, keyFile } = authority.sign([name]);
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") },
    fetch: () => new Response("taken"),
  });
});
afterAll(async () => {
  await server.stop(true);
  authority.remove();
});

/** The status that a receiver with TLS answers with. */
async function push(environment: Record<string, string>): Promise<number | undefined> {
  const agent = await otlpAgents(resolver, environment)("https:");
  const url = `https://${name}:${server.port}/v1/metrics`;
  const answer = Promise.withResolvers<number | undefined>();
  const asked = request(url, { method: "POST", agent }, (response) => {
    response.resume();
    response.on("end", () => answer.resolve(response.statusCode));
  });
  asked.on("error", answer.reject);
  asked.end("{}");
  return await answer.promise.finally(() => agent.destroy());
}

describe("a receiver with TLS", () => {
  test("is found by name and trusted by the authority that OpenTelemetry's variable names", async () => {
    expect(await push({ OTEL_EXPORTER_OTLP_CERTIFICATE: authority.caFile })).toBe(200);
    expect(
      await push({
        OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: authority.caFile,
        OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere",
      }),
    ).toBe(200);
  });

  test("of an authority that nobody trusts gets nothing", async () => {
    await expect(push({ OTEL_EXPORTER_OTLP_CERTIFICATE: "" })).rejects.toThrow();
  });

  test("gets nothing while the file with the authority cannot be read, which is told", async () => {
    const environment = { OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere/ca.pem" };
    await expect(push(environment)).rejects.toThrow("/nowhere/ca.pem");
  });
});
