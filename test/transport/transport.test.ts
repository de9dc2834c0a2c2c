import { afterAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver, type Lookup } from "../../src/transport/resolver.ts";
import { directRoute, longDeadlines } from "../probe/target.ts";
import { startHostile } from "../provider/hostile.ts";
import { eventually } from "../servers/process.ts";
import { startSilentAddress } from "./silent-address.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => Response.json(request.headers.toJSON()),
});
afterAll(() => server.stop(true));

const loopback: Lookup = async () => [{ address: "127.0.0.1", family: 4, ttl: 60 }];

async function exchange(
  url: string,
  {
    lookup = loopback,
    headers = {},
    deadlines = longDeadlines,
    bodyBytesMax = 65_536,
  }: {
    lookup?: Lookup;
    headers?: Record<string, string>;
    deadlines?: typeof longDeadlines;
    bodyBytesMax?: number;
  } = {},
) {
  const transport = createHttpTransport({ resolver: createResolver(lookup), keep: keepNone });
  return await transport.exchange(
    { method: "POST", url, headers, body: "{}" },
    { deadlines, bodyBytesMax, route: directRoute },
  );
}

async function headersSeen(url: string, headers: Record<string, string> = {}) {
  const { response } = await exchange(url, { headers });
  return JSON.parse(response?.body ?? "null") as Record<string, string>;
}

/** A server that answers every request with these bytes. */
function answering(bytes: string | Buffer) {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.write(bytes) },
  });
  return { url: `http://127.0.0.1:${listener.port}/`, stop: () => listener.stop(true) };
}

describe("a request", () => {
  test("keeps the name as Host, and does not let configured headers change its framing", async () => {
    const seen = await headersSeen(`http://name.example:${server.port}/`, {
      host: "other.example",
      connection: "keep-alive",
      "transfer-encoding": "chunked",
      "content-length": "99",
      "x-team": "search",
    });
    expect(seen).toMatchObject({
      host: `name.example:${server.port}`,
      connection: "close",
      "content-length": "2",
      "x-team": "search",
    });
    expect(seen["transfer-encoding"]).toBeUndefined();
  });

  test("authorises with the user info of the address", async () => {
    const seen = await headersSeen(`http://user:p%40ss@127.0.0.1:${server.port}/`);
    expect(seen["authorization"]).toBe(`Basic ${btoa("user:p@ss")}`);
  });

  test("prefers a configured authorisation to the user info of the address", async () => {
    const seen = await headersSeen(`http://user:pass@127.0.0.1:${server.port}/`, {
      authorization: "Bearer abc",
    });
    expect(seen["authorization"]).toBe("Bearer abc");
  });
});

describe("a name with two addresses", () => {
  test("is reached at the second when the first refuses", async () => {
    const v6 = Bun.serve({ hostname: "::1", port: 0, fetch: () => new Response("six") });
    const { response } = await exchange(`http://both.example:${v6.port}/`, {
      lookup: async () => [
        { address: "::1", family: 6, ttl: 60 },
        { address: "127.0.0.1", family: 4, ttl: 60 },
      ],
    });
    expect(response?.body).toBe("six");
    void v6.stop(true);
  });

  test("is reached at the second while the first says nothing, without giving the first up", async () => {
    const second = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("two") });
    const silent = await startSilentAddress(second.port ?? 0);
    const { response, peer } = await exchange(`http://both.example:${second.port}/`, {
      lookup: async () => [
        { address: silent?.address ?? "127.0.0.1", family: 4, ttl: 60 },
        { address: "127.0.0.1", family: 4, ttl: 60 },
      ],
    });
    expect(response?.body).toBe("two");
    expect(peer.address).toBe("127.0.0.1");
    silent?.stop();
    void second.stop(true);
  });

  test("is localhost, whatever the host file says, and nobody is asked for it", async () => {
    const v6 = Bun.serve({ hostname: "::1", port: 0, fetch: () => new Response("six") });
    const { response } = await exchange(`http://localhost:${v6.port}/`, {
      lookup: () => Promise.reject(new Error("was asked")),
    });
    expect(response?.body).toBe("six");
    void v6.stop(true);
  });
});

describe("a deadline", () => {
  test("before the name is resolved is dns, and the late answer connects to nobody", async () => {
    const target = startHostile("never answers");
    let answer: (addresses: { address: string; family: number }[]) => void = () => {};
    const { failure } = await exchange(target.url.replace("127.0.0.1", "slow.example"), {
      lookup: () => new Promise((resolve) => (answer = resolve)),
      deadlines: { ...longDeadlines, connectMs: 50 },
    });
    expect(failure?.class).toBe("dns");
    answer([{ address: "127.0.0.1", family: 4 }]);
    // A connection of our own behind the late answer: had there been another, the server saw it first.
    const { hostname, port } = new URL(target.url);
    const own = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
    await eventually("the server has seen it", () => target.opened() > 0);
    expect(target.opened()).toBe(1);
    own.end();
    target.stop();
  });

  test("in the TLS handshake is tls", async () => {
    const target = startHostile("never answers");
    const { failure } = await exchange(target.url.replace("http:", "https:"), {
      deadlines: { ...longDeadlines, connectMs: 500 },
    });
    expect(failure?.class).toBe("tls");
    target.stop();
  });

  const whole = { connectMs: 60_000, firstByteMs: 60_000, totalMs: 500 };
  test("of the whole probe also bounds the handshake", async () => {
    const target = startHostile("never answers");
    const { failure } = await exchange(target.url.replace("http:", "https:"), { deadlines: whole });
    expect(failure?.class).toBe("tls");
    target.stop();
  });

  test("of the whole probe also bounds the wait for the first byte", async () => {
    const target = startHostile("never answers");
    const { failure } = await exchange(target.url, { deadlines: whole });
    expect(failure?.class).toBe("timeout_first_byte");
    target.stop();
  });

  test("of the first byte holds also where the one of the connection is longer", async () => {
    const target = startHostile("never answers");
    const late = { connectMs: 60_000, firstByteMs: 60_000, totalMs: 950 };
    const first = await Promise.race([
      exchange(target.url, { deadlines: { ...late, firstByteMs: 200, totalMs: 60_000 } }),
      exchange(target.url, { deadlines: late }),
    ]);
    expect(first.failure?.text).toBe("no first byte within 200 ms");
    target.stop();
  });

  test("leaves no timer and no socket that would keep the process alive", async () => {
    const target = startHostile("never answers");
    const child = Bun.spawn(
      [process.execPath, `${import.meta.dir}/one-exchange.ts`, target.url, "500"],
      { stdout: "pipe" },
    );
    expect((await new Response(child.stdout).text()).trim()).toBe("timeout_first_byte");
    expect(await child.exited).toBe(0);
    target.stop();
  });
});

describe("an answer", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  const zipped = gzipSync('{"a":1}');
  const long = gzipSync(Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 251)));
  const bodies: [title: string, bytes: string | Buffer, body: string | RegExp][] = [
    [
      "that is compressed although that was not asked for is understood",
      Buffer.concat([
        Buffer.from(`${head}Content-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`),
        zipped,
      ]),
      '{"a":1}',
    ],
    [
      "that begins with a byte order mark is understood",
      `${head}Content-Length: 10\r\n\r\n\uFEFF{"a":1}`,
      '{"a":1}',
    ],
    [
      "whose encoding has the name of a property of objects is read as it is",
      `${head}Content-Encoding: __proto__\r\nContent-Length: 7\r\n\r\n{"a":1}`,
      '{"a":1}',
    ],
  ];
  for (const [title, bytes, body] of bodies) {
    test(title, async () => {
      const target = answering(bytes);
      const { response } = await exchange(target.url);
      expect(response?.body).toMatch(body);
      target.stop();
    });
  }

  test("that is longer than the bound is cut there, and says so", async () => {
    const target = answering(`${head}Content-Length: 5000\r\n\r\n${"x".repeat(5000)}`);
    const { response } = await exchange(target.url, { bodyBytesMax: 1024 });
    expect(response).toMatchObject({ truncated: true, body: "x".repeat(1024) });
    target.stop();
  });

  test("that is compressed and cut at the bound is judged by what was read", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${head}Content-Encoding: gzip\r\nContent-Length: ${long.length}\r\n\r\n`),
      long,
    ]);
    const target = answering(bytes);
    const { response } = await exchange(target.url, { bodyBytesMax: 100 });
    expect(response?.truncated).toBe(true);
    target.stop();
  });
});

test("an answer that begins before the request was sent to its end took no negative time", async () => {
  let readOn = () => {};
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
      readOn = () => socket.resume();
      socket.on("data", (bytes) => {
        if (bytes.at(-1) === "}".charCodeAt(0)) socket.write("ng");
      });
      socket.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
  const { response, phases } = await transport.exchange(
    {
      method: "POST",
      url: `http://127.0.0.1:${port}/`,
      headers: {},
      body: `{"${" ".repeat(32 * 1024 * 1024)}"}`,
      watch: () => () => {
        readOn();
        return null;
      },
    },
    { deadlines: longDeadlines, bodyBytesMax: 1024, route: directRoute },
  );
  expect(response?.body).toBe("pong");
  expect(phases.firstByteMs).toBeGreaterThanOrEqual(0);
  server.close();
});
