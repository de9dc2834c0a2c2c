import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Secret } from "../../src/config/secret.ts";
import { startServer } from "../../src/server/server.ts";
import { eventually } from "../servers/process.ts";
import { startContext, threeModels } from "./context.ts";

const path = "/callbacks/litellm";

async function messageOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { message: string } }).error.message;
}

describe("POST /callbacks/litellm", () => {
  test("hands the bytes on as they came and answers with what became of them", async () => {
    const server = startContext(threeModels);
    server.state.counted = { text: '{"accepted":1,"rejected":[]}' };
    const response = await server.post(path, "[1]", { "content-encoding": "GZIP" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ accepted: 1, rejected: [] });
    const [body] = server.state.bodies;
    expect(body).toMatchObject({ length: 3, encoding: "gzip" });
    expect(Buffer.from(body?.bytes ?? new ArrayBuffer(0)).toString()).toBe("[1]");
  });

  test("needs the master key, or a key of its own, where either is set", async () => {
    const status = async (
      keys: { masterKey?: Secret; callbackKey?: Secret },
      bearer: string | null,
    ) => {
      const server = startContext(threeModels, keys);
      const headers = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
      return (await server.post(path, "[]", headers as Record<string, string>)).status;
    };
    const masterKey = new Secret("sk-master");
    const callbackKey = new Secret("sk-callback");
    expect(await status({}, null)).toBe(200);
    expect(await status({ masterKey }, null)).toBe(401);
    expect(await status({ masterKey }, "sk-master")).toBe(200);
    expect(await status({ callbackKey }, null)).toBe(401);
    expect(await status({ callbackKey }, "sk-other")).toBe(401);
    expect(await status({ callbackKey }, "sk-callback")).toBe(200);
    expect(await status({ masterKey, callbackKey }, "sk-callback")).toBe(200);
    expect(await status({ masterKey, callbackKey }, "sk-master")).toBe(200);
    expect(await status({ masterKey, callbackKey }, "sk-other")).toBe(401);
  });

  test("has a key that opens no other route", async () => {
    const keys = { masterKey: new Secret("sk-master"), callbackKey: new Secret("sk-callback") };
    const server = startContext(threeModels, keys);
    const response = await server.get("/health", { authorization: "Bearer sk-callback" });
    expect(response.status).toBe(401);
  });

  test("refuses other types and packings with 415", async () => {
    const server = startContext(threeModels);
    expect((await server.post(path, "[]", { "content-type": "text/plain" })).status).toBe(415);
    expect((await server.post(path, "[]", { "content-encoding": "br" })).status).toBe(415);
    expect(server.state.bodies).toEqual([]);
  });

  test("shows from the start how many were refused, so that the first one is a growth", async () => {
    const server = startContext(threeModels);
    const count = async (status: number) => {
      const text = await (await server.get("/metrics")).text();
      const labels = `route="/callbacks/litellm",method="POST",status="${status}"`;
      return text
        .split("\n")
        .find((line) => line.includes(labels))
        ?.split(" ")[1];
    };
    expect([await count(413), await count(503)]).toEqual(["0", "0"]);
    server.state.counted = { refused: "busy", message: "no" };
    await server.post(path, "[]");
    expect([await count(413), await count(503)]).toEqual(["0", "1"]);
  });

  const refused = [
    ["too large", 413],
    ["unreadable", 400],
    ["busy", 503],
  ] as const;
  for (const [why, status] of refused) {
    test(`answers ${status} to what is ${why}`, async () => {
      const server = startContext(threeModels);
      server.state.counted = { refused: why, message: "no, because" };
      const response = await server.post(path, "[]");
      expect(response.status).toBe(status);
      expect(await messageOf(response)).toBe("no, because");
      expect(response.headers.has("retry-after")).toBe(why === "busy");
    });
  }
});

describe("a body that is too large", () => {
  const { context, state } = startContext(threeModels, { callbackBytesMax: 100_000 });
  const listening = startServer(context, { hostname: "127.0.0.1", port: 0 });
  afterAll(() => listening.stop());

  /** Sends a head and then so many bytes, until there is an answer; says how it begins. */
  function send(head: string, pieces: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(listening.url.port), "127.0.0.1");
      let answer = "";
      const piece = Buffer.alloc(50_000, "x");
      const chunked = head.includes("chunked");
      socket.on("connect", () => {
        socket.write(head);
        for (let index = 0; index < pieces; index += 1) {
          if (chunked) socket.write(`${piece.length.toString(16)}\r\n`);
          socket.write(piece);
          if (chunked) socket.write("\r\n");
        }
      });
      socket.on("data", (bytes) => {
        answer += bytes.toString();
        if (!answer.includes('"code"')) return;
        socket.destroy();
        resolve(answer);
      });
      socket.on("error", reject);
    });
  }
  const head = (route: string, length: string) =>
    `POST ${route} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\n`;

  test("is refused with 413 in the one shape of errors before it is read", async () => {
    const answer = await send(head(path, "Content-Length: 100001"), 0);
    expect(answer).toStartWith("HTTP/1.1 413");
    expect(answer).toContain('"type":"request_too_large"');
  });

  test("is refused with 413 when its length was not told", async () => {
    const answer = await send(head(path, "Transfer-Encoding: chunked"), 3);
    expect(answer).toStartWith("HTTP/1.1 413");
    expect(state.bodies).toEqual([]);
  });

  test("is refused on other routes beyond 64 KiB", async () => {
    for (const route of ["/health/check", "/health/test_connection"]) {
      expect(await send(head(route, "Content-Length: 70000"), 0)).toStartWith("HTTP/1.1 413");
    }
  });

  test("is counted whole at the bound, whether its length was told or not", async () => {
    const text = `["${"é".repeat(49_998)}"]`;
    const stream = new ReadableStream({
      start(controller) {
        const bytes = Buffer.from(text);
        controller.enqueue(bytes.subarray(0, 33_333));
        controller.enqueue(bytes.subarray(33_333));
        controller.close();
      },
    });
    for (const body of [text, stream]) {
      state.bodies.length = 0;
      const response = await fetch(new URL(path, listening.url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(response.status).toBe(200);
      const [taken] = state.bodies;
      const bytes = Buffer.from(taken?.bytes ?? new ArrayBuffer(0), 0, taken?.length ?? 0);
      expect(bytes.toString()).toBe(text);
    }
  });
});

describe("bodies that are being read", () => {
  const { context, state } = startContext(threeModels, { callbackBytesMax: 1000 });
  const listening = startServer(context, { hostname: "127.0.0.1", port: 0 });
  afterAll(() => listening.stop());

  /** A client that has sent the head of a body and so many bytes of it; `hangUp` resolves when the connection has ended. */
  async function begin(length: string, body: string) {
    const socket = connect(Number(listening.url.port), "127.0.0.1");
    let answer = "";
    socket.on("data", (bytes) => {
      answer += bytes.toString();
    });
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\n${body}`,
    );
    return {
      finish: (rest: string) => socket.write(rest),
      answer: async () => {
        await eventually("it is answered", () => answer.includes("\r\n\r\n"));
        return answer;
      },
      hangUp: () => socket.destroy(),
    };
  }
  const inFlight = (count: number) =>
    eventually(`${count} are being read`, () => context.traffic.current() === count);
  const post = (body: string) =>
    fetch(new URL(path, listening.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      keepalive: false,
    });

  test("count from their first byte: what comes beyond the bound is told to come again", async () => {
    const slow = await Promise.all([
      begin("Content-Length: 1000", "["),
      begin("Content-Length: 999", "["),
    ]);
    await inFlight(2);
    const refused = await post("[1]");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await post("")).status).toBe(200);
    slow[0]?.finish("1".repeat(999));
    expect(await slow[0]?.answer()).toStartWith("HTTP/1.1 200");
    expect((await post("[1]")).status).toBe(200);
    slow[1]?.hangUp();
    await inFlight(0);
  });

  test("leave their room to others when their client goes away", async () => {
    const slow = await Promise.all([1, 2].map(() => begin("Content-Length: 1000", "[")));
    await inFlight(2);
    expect((await post("[1]")).status).toBe(503);
    for (const one of slow) one.hangUp();
    await inFlight(0);
    expect((await post("[1]")).status).toBe(200);
    expect(state.faults).toEqual([]);
  });

  test("count as they come where their length was not told", async () => {
    const slow = await Promise.all([1, 2].map(() => begin("Transfer-Encoding: chunked", "")));
    await inFlight(2);
    const piece = `3e8\r\n${"1".repeat(1000)}\r\n`;
    for (const one of slow) one.finish(piece);
    await eventually("both are held", async () => (await post("[1]")).status === 503);
    for (const one of slow) one.hangUp();
    await inFlight(0);
  });
});
