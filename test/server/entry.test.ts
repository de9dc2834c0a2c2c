// What becomes of an outcome in the entry of its deployment and in the metrics.

import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/probe/outcome.ts";
import type { Price } from "../../src/registry/deployment.ts";
import { identityOf } from "../../src/registry/registry.ts";
import { record } from "../../src/schedule/record.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { createWriter } from "../../src/table/writer.ts";
import { type Measured, nothingMeasured, type Peer } from "../../src/transport/transport.ts";
import { startContext, threeModels, wallMs } from "./context.ts";

const expiresMs = Date.UTC(2027, 0, 2);
const tls: Peer = {
  address: "2001:db8::7",
  reused: false,
  certificateEndMs: expiresMs,
  bytesRead: 100,
};
const nothing = nothingMeasured(9);
const streamed: Measured = {
  phases: { ...nothing.phases, connectMs: 1, firstByteMs: 2, firstTokenMs: 4.5 },
  peer: tls,
};

const unpriced: Price = { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" };

function put(row: Row, { phases, peer }: Measured, more: Partial<Outcome> = {}, price = unpriced) {
  record(
    row,
    {
      ...{ class: "ok", httpStatus: 200, text: "", retryAfterMs: null, phases, peer },
      usage: { promptTokens: null, completionTokens: null },
      ...more,
    },
    price,
    wallMs,
    { rise: 1, fall: 1, degradedLimitMs: 0 },
  );
}

/** A server of whose first deployment these outcomes are known. */
function after(...outcomes: Measured[]) {
  const server = startContext(threeModels);
  const row = emptyRow();
  for (const outcome of outcomes) put(row, outcome);
  const deployment = server.registry.at(0);
  if (deployment === null) throw new Error("no deployment");
  createWriter(server.context.table).claim(0, identityOf(deployment.key), row);
  return server;
}

const entryOf = async (server: ReturnType<typeof after>) =>
  (await (await server.get("/health/models/a")).json()) as Record<string, unknown>;

describe("the entry of one deployment", () => {
  test("tells the time to the first token among the phases", async () => {
    expect(await entryOf(after(streamed))).toMatchObject({
      phases_ms: { connect: 1, first_byte: 2, first_token: 4.5, total: 9 },
    });
  });

  test("has it in the lists too, only where there is one", async () => {
    const server = after(streamed);
    const { healthy, unknown } = (await (await server.get("/health/models")).json()) as {
      healthy: object[];
      unknown: object[];
    };
    expect(healthy).toMatchObject([{ latency_ms: 9, ttft_ms: 4.5 }]);
    expect(unknown[0]).not.toHaveProperty("ttft_ms");
  });

  test("has no first token after a probe without a stream", async () => {
    expect(await entryOf(after(streamed, nothing))).toMatchObject({
      phases_ms: { first_token: null },
    });
  });

  test("tells the address that was reached, and whether the connection was a kept one", async () => {
    expect(await entryOf(after(streamed))).toMatchObject({
      connection: { address: "2001:db8::7", reused: false },
    });
    const kept = { peer: { ...tls, reused: true }, phases: { ...nothing.phases, firstByteMs: 2 } };
    expect(await entryOf(after(streamed, kept))).toMatchObject({
      connection: { address: "2001:db8::7", reused: true },
    });
  });

  test("has no connection after a probe that came to none", async () => {
    expect(await entryOf(after(streamed, nothing))).toMatchObject({ connection: null });
  });

  test("tells the end of the certificate, and remembers it while no connection is made", async () => {
    const certificate_expires_at = "2027-01-02T00:00:00.000Z";
    expect(await entryOf(after(streamed))).toMatchObject({ certificate_expires_at });
    expect(await entryOf(after(streamed, nothing))).toMatchObject({ certificate_expires_at });
  });

  test("has no certificate once the deployment is reached without TLS", async () => {
    const plain = { ...streamed, peer: { ...tls, certificateEndMs: null } };
    expect(await entryOf(after(streamed, plain))).toMatchObject({ certificate_expires_at: null });
  });
});

test("the metrics tell first token and end of certificate of those that have them", async () => {
  const text = await (await after(streamed).get("/metrics")).text();
  const lines = text.split("\n").filter((line) => /^fleetpulse_\w+_(?:token|expiry)_/.test(line));
  expect(lines).toEqual([
    'fleetpulse_deployment_first_token_seconds{model_id="a",model_name="gpt"} 0.0045',
    `fleetpulse_deployment_certificate_expiry_timestamp_seconds{model_id="a",model_name="gpt"} ${expiresMs / 1000}`,
  ]);
});

describe("a stream that was left at its first token", () => {
  const usage = { promptTokens: null, completionTokens: null, uncounted: true } as const;

  test("counts as a probe of unknown cost", () => {
    const row = emptyRow();
    put(row, streamed, { usage });
    expect([row.costUnknownProbes, row.promptTokens]).toEqual([1, 0]);
  });

  test("costs nothing where the model is free", () => {
    const row = emptyRow();
    const free = { inputUsdPerToken: 0, outputUsdPerToken: 0, source: "config" } as const;
    put(row, streamed, { usage }, free);
    expect(row.costUnknownProbes).toBe(0);
  });
});
