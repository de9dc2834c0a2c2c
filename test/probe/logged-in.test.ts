import { describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { exchange } from "../../src/logins/exchange.ts";
import { createLogins } from "../../src/logins/logins.ts";
import { createProber } from "../../src/probe/probe.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { sentSignature, signatureOf } from "../logins/signature.ts";
import { startTokenHost } from "../logins/token-host.ts";
import { resolve, type Values } from "../registry/entry.ts";
import { longDeadlines } from "./target.ts";

/** Tokens and models on one host. */
const host = startTokenHost();
const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
let nowMs = 0;
const clock = { wallMs: systemClock.wallMs, monotonicMs: () => nowMs };

function prober() {
  nowMs = 0;
  const logins = createLogins((login) => exchange({ transport, clock }, login), clock);
  return createProber({ transport, bodyBytesMax: 65_536, clock, logins });
}

async function probe(ask: ReturnType<typeof prober>, params: Values) {
  const { target, problem } = resolve(params);
  if (target === null) throw new Error(problem ?? "no target");
  return (await ask({ target, deadlines: longDeadlines })).outcome;
}

const databricks = {
  model: "databricks/m",
  api_base: host.url,
  client_id: "c",
  client_secret: "the-client-secret",
};
const secret = "the-secret-access-key-of-this-test";
const bedrock = {
  model: "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
  api_base: host.url,
  aws_access_key_id: "AKIDTEST",
  aws_secret_access_key: secret,
  aws_session_token: "the-session-token",
  aws_region_name: "eu-west-3",
};
const chat = () => Response.json({ choices: [{ message: { content: "pong" } }] });
const isToken = (target: string) => target.startsWith("/oidc/");

describe("a deployment that is logged in to", () => {
  test("asks with the token, and the next one asks with the same", async () => {
    host.answer = ({ target }) =>
      isToken(target) ? Response.json({ access_token: "token-1", expires_in: 3600 }) : chat();
    const ask = prober();
    expect(await probe(ask, databricks)).toMatchObject({ class: "ok" });
    expect(await probe(ask, { ...databricks, model: "databricks/other" })).toMatchObject({
      class: "ok",
    });
    expect(host.seen.map(({ target }) => target)).toEqual([
      "/oidc/v1/token",
      "/serving-endpoints/chat/completions",
      "/serving-endpoints/chat/completions",
    ]);
    expect(host.seen[2]?.headers["authorization"]).toBe("Bearer token-1");
  });

  test("whose token is refused gets another one the next time", async () => {
    let tokens = 0;
    host.answer = ({ target, headers }) => {
      if (isToken(target)) {
        tokens += 1;
        return Response.json({ access_token: `token-${tokens}`, expires_in: 3600 });
      }
      return headers["authorization"] === "Bearer token-2"
        ? chat()
        : new Response("", { status: 401 });
    };
    const ask = prober();
    expect(await probe(ask, databricks)).toMatchObject({ class: "auth" });
    nowMs = 60_000;
    expect(await probe(ask, databricks)).toMatchObject({ class: "ok" });
  });

  test("whose login is refused fails with what the login says, and asks the model nothing", async () => {
    host.answer = () =>
      Response.json(
        { error: "invalid_client", error_description: "the-client-secret" },
        { status: 401 },
      );
    const outcome = await probe(prober(), databricks);
    expect(outcome).toMatchObject({ class: "auth", httpStatus: 0 });
    expect(outcome.text).toBe("Databricks login: HTTP 401: invalid_client: [redacted]");
    expect(host.seen).toHaveLength(1);
  });

  test("never shows a token that a provider repeats", async () => {
    host.answer = ({ target }) =>
      isToken(target)
        ? Response.json({ access_token: "opaque0token", expires_in: 3600 })
        : Response.json(
            { message: "what is opaque0token and the-client-secret?" },
            { status: 400 },
          );
    const { text } = await probe(prober(), databricks);
    expect(text).toBe("HTTP 400: what is [redacted] and [redacted]?");
  });

  test("whose login takes longer than the probe may has a timeout, and the login goes on", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    host.answer = ({ target }) => {
      if (!isToken(target)) return chat();
      return new Response(
        new ReadableStream({
          async start(stream) {
            await held;
            stream.enqueue(new TextEncoder().encode('{"access_token":"late","expires_in":3600}'));
            stream.close();
          },
        }),
      );
    };
    const ask = prober();
    const { target } = resolve(databricks);
    if (target === null) throw new Error("no target");
    const deadlines = { connectMs: 50, firstByteMs: 50, totalMs: 50 };
    const { outcome } = await ask({ target, deadlines });
    expect(outcome).toMatchObject({ class: "timeout_total", httpStatus: 0 });
    release();
    expect(await probe(ask, databricks)).toMatchObject({ class: "ok" });
    expect(host.seen.filter((one) => isToken(one.target))).toHaveLength(1);
  });
});

describe("a deployment that is signed for", () => {
  test("sends the signature that the server works out", async () => {
    host.answer = () => Response.json({ output: { message: { content: [{ text: "pong" }] } } });
    expect(await probe(prober(), bedrock)).toMatchObject({ class: "ok" });
    const [asked] = host.seen;
    if (asked === undefined) throw new Error("nobody was asked");
    expect(asked.target).toBe("/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse");
    expect(asked.headers["authorization"]).toContain("/eu-west-3/bedrock/aws4_request");
    expect(asked.headers["x-amz-security-token"]).toBe("the-session-token");
    expect(sentSignature(asked)).toBe(signatureOf(asked, secret));
  });

  test("and refused by a server of another time is told how wrong this machine's clock is", async () => {
    host.answer = () =>
      Response.json(
        { message: "Signature expired" },
        {
          status: 403,
          headers: {
            "x-amzn-errortype": "InvalidSignatureException",
            date: new Date(Date.now() + 3_600_000).toUTCString(),
          },
        },
      );
    const outcome = await probe(prober(), bedrock);
    expect(outcome.class).toBe("auth");
    expect(outcome.text).toMatch(/clock is \d+ s behind the server's/);
  });
});
