// Connections to an OTLP receiver. Its name is resolved as every name is. Whom to trust, and which certificate to show, is told by
// OpenTelemetry's own variables; a file that cannot be read fails the push. (opentelemetry.io/docs/specs/otel/protocol/exporter)

import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { streamLookup } from "../transport/lookup.ts";
import type { Resolver } from "../transport/resolver.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The exporter asks for one before its first push, and again while that fails. */
export function otlpAgents(resolver: Resolver, environment: Environment) {
  const options = { keepAlive: true, lookup: streamLookup(resolver) };
  return async (protocol: string): Promise<HttpAgent> => {
    if (protocol === "http:") return new HttpAgent(options);
    const [ca, cert, key] = await Promise.all(
      ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"].map((name) => pem(name, environment)),
    );
    return new HttpsAgent({
      ...options,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  };
}

async function pem(name: string, environment: Environment): Promise<string | undefined> {
  const path =
    environment[`OTEL_EXPORTER_OTLP_METRICS_${name}`] || environment[`OTEL_EXPORTER_OTLP_${name}`];
  return path === undefined || path === "" ? undefined : await readFile(path, "utf8");
}
