// An api_base with a query, as gateways have it that take their key there: it goes behind the operation, and nobody sees it.

import { describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { questionOf } from "../../src/probe/families.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { resolve } from "../registry/entry.ts";
import { longDeadlines, target } from "./target.ts";

const secret = "s3cret%2Fvalue";
const urlOf = (changes: Partial<ProbeTarget>) => {
  const asked = target(changes);
  return questionOf(asked).request(asked).url;
};

describe("the query of an address", () => {
  test("goes behind the operation", () => {
    expect(urlOf({ baseUrl: `https://gw.example/v1?code=${secret}` })).toBe(
      `https://gw.example/v1/chat/completions?code=${secret}`,
    );
  });

  test("stays behind an operation that is part of the address", () => {
    const whole = `https://gw.example/v1/chat/completions?code=${secret}`;
    expect(urlOf({ baseUrl: whole })).toBe(whole);
  });

  test("goes behind the query that the operation has", () => {
    const gemini = { family: "gemini", provider: "gemini", mode: "batch" } as const;
    expect(urlOf({ ...gemini, baseUrl: `https://gw.example/v1beta?code=${secret}` })).toBe(
      `https://gw.example/v1beta/batches?pageSize=1&code=${secret}`,
    );
  });

  test("goes with the free question too", () => {
    const url = urlOf({ rung: "metadata", baseUrl: `https://gw.example/v1/?code=${secret}` });
    expect(url).toBe(`https://gw.example/v1/models?code=${secret}`);
  });

  test("leaves the provider's path before it", () => {
    const api_base = `https://gw.example/?code=${secret}`;
    const { target: found, apiBase } = resolve({ model: "mistral/m", api_key: "k", api_base });
    expect(found?.baseUrl).toBe(`https://gw.example/v1?code=${secret}`);
    expect(apiBase).not.toContain("cret");
  });

  test("is not told when the upstream echoes it", async () => {
    const upstream = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) =>
        Response.json(
          { error: { message: `no: ${url} ${decodeURIComponent(secret)}` } },
          { status: 418 },
        ),
    });
    const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
    const ask = createProber({ transport, bodyBytesMax: 65_536, clock: systemClock });
    const baseUrl = `http://127.0.0.1:${upstream.port}/v1?code=${secret}`;
    const { outcome } = await ask({ target: target({ baseUrl }), deadlines: longDeadlines });
    transport.close();
    await upstream.stop(true);
    expect(outcome.text).toContain("/v1/chat/completions");
    expect(outcome.text).not.toContain("cret");
  });
});
