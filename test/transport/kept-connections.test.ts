import { afterEach, describe, expect, test } from "bun:test";
import { createHttpTransport } from "../../src/transport/client.ts";
import type { PoolLimits } from "../../src/transport/pool.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import type { HttpRequest, Transport } from "../../src/transport/transport.ts";
import { directRoute, longDeadlines, shortDeadlines } from "../probe/target.ts";
import { eventually } from "../servers/process.ts";
import { ok, startUpstream, type Upstream } from "./upstream.ts";

const keep: PoolLimits = { idleMs: 60_000, perKey: 2, total: 3, ageMs: 600_000 };
let upstreams: Upstream[] = [];
let transports: Transport[] = [];
afterEach(() => {
  for (const one of upstreams) one.stop();
  for (const one of transports) one.close();
  upstreams = [];
  transports = [];
});

function upstream(...args: Parameters<typeof startUpstream>): Upstream {
  const started = startUpstream(...args);
  upstreams.push(started);
  return started;
}

function client(limits: Partial<PoolLimits> = {}, nowMs = () => performance.now()): Transport {
  const made = createHttpTransport({
    resolver: createResolver(),
    keep: { ...keep, ...limits },
    nowMs,
  });
  transports.push(made);
  return made;
}

function ask(
  transport: Transport,
  url: string,
  more: Partial<HttpRequest> = {},
  deadlines = longDeadlines,
) {
  return transport.exchange(
    { method: "POST", url, headers: {}, body: "{}", ...more },
    { deadlines, bodyBytesMax: 1024, route: directRoute },
  );
}

describe("a connection that served a whole answer", () => {
  test("serves the next request, which says so and has no connecting in its phases", async () => {
    const server = upstream(() => ok("pong"));
    const transport = client();
    const first = await ask(transport, server.url);
    const second = await ask(transport, server.url);
    expect(first.peer).toMatchObject({ reused: false, address: "127.0.0.1" });
    expect(first.phases.connectMs).toBeGreaterThan(0);
    expect(second.peer).toMatchObject({ reused: true, address: "127.0.0.1" });
    expect(second.phases).toMatchObject({ dnsMs: null, connectMs: null, tlsMs: null });
    expect(server.opened()).toBe(1);
  });

  test("does not serve another host", async () => {
    const [one, other] = [upstream(() => ok("one")), upstream(() => ok("other"))];
    const transport = client();
    await ask(transport, one.url);
    expect((await ask(transport, other.url)).response?.body).toBe("other");
    expect(other.opened()).toBe(1);
  });

  test("does not serve a route that trusts other certificates", async () => {
    const server = upstream(() => ok("pong"));
    const transport = client();
    await ask(transport, server.url);
    await transport.exchange(
      { method: "POST", url: server.url, headers: {}, body: "{}" },
      {
        deadlines: longDeadlines,
        bodyBytesMax: 1024,
        route: { ...directRoute, verifyTls: false },
      },
    );
    expect(server.opened()).toBe(2);
  });

  test("is closed when it is not used for the idle time", async () => {
    const server = upstream(() => ok("pong"));
    await ask(client({ idleMs: 20 }), server.url);
    await eventually("the connection is closed", () => server.open() === 0);
  });

  test("is closed at its oldest age, so that a name that moved is noticed", async () => {
    let nowMs = 0;
    const server = upstream(() => ok("pong"));
    const transport = client({ ageMs: 1000 }, () => nowMs);
    await ask(transport, server.url);
    nowMs = 1001;
    await ask(transport, server.url);
    await ask(transport, server.url);
    expect(server.opened()).toBe(2);
  });

  test("is closed when the server says that it closes", async () => {
    const server = upstream(() => ok("pong", "Connection: close\r\n"));
    const transport = client();
    await ask(transport, server.url);
    await ask(transport, server.url);
    expect(server.opened()).toBe(2);
  });

  for (const [what, more] of [
    ["a head", "HTTP/1.1 500 Oh\r\n\r\n"],
    ["a whole answer", ok("more")],
    ["half an answer", ok("more").slice(0, -2)],
    ["no HTTP", "more"],
  ]) {
    test(`is closed when ${what} came that nobody had asked for, and the answer is the first one`, async () => {
      const server = upstream(() => `${ok("pong")}${more}`);
      const transport = client();
      for (let asked = 0; asked < 2; asked += 1) {
        const { response } = await ask(transport, server.url);
        expect(response).toMatchObject({ status: 200, body: "pong", truncated: false });
      }
      expect(server.opened()).toBe(2);
    });
  }

  test("is closed when something comes while nobody asks", async () => {
    const server = upstream((_request, socket) => {
      setTimeout(() => socket.write(ok("late")), 20);
      return ok("pong");
    });
    await ask(client(), server.url);
    await eventually("the connection is closed", () => server.open() === 0);
  });
});

describe("kept connections", () => {
  test("are as many at one host as the bound allows", async () => {
    const server = upstream(() => ok("pong"));
    const transport = client({ perKey: 2 });
    await Promise.all([1, 2, 3, 4].map(() => ask(transport, server.url)));
    await eventually("two are open", () => server.open() === 2);
  });

  test("are as many in all as the bound allows: the one that waited longest goes", async () => {
    const servers = [1, 2, 3, 4].map(() => upstream(() => ok("pong")));
    const transport = client({ total: 3 });
    for (const server of servers) await ask(transport, server.url);
    await eventually("the first is closed", () => servers[0]?.open() === 0);
    expect(servers.map((server) => server.open())).toEqual([0, 1, 1, 1]);
  });
});

describe("a kept connection that the server has closed meanwhile", () => {
  test("costs nothing: the request goes out once more on a new one", async () => {
    const server = upstream((_request, socket, nth) => {
      if (nth !== 2) return ok("pong");
      socket.terminate();
      return null;
    });
    const transport = client();
    await ask(transport, server.url);
    const second = await ask(transport, server.url);
    expect(second.response?.body).toBe("pong");
    expect(second.peer.reused).toBe(false);
    expect(server.requests.length).toBe(3);
  });

  test("is not tried twice: when the new one fails too, that is the outcome", async () => {
    const server = upstream((_request, socket, nth) => {
      if (nth === 1) return ok("pong");
      socket.terminate();
      return null;
    });
    const transport = client();
    await ask(transport, server.url);
    expect((await ask(transport, server.url)).failure?.class).toBe("reset");
    expect(server.requests.length).toBe(3);
  });

  test("is not taken for it when some of the answer had come", async () => {
    const server = upstream((_request, socket, nth) => {
      if (nth === 1) return ok("pong");
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal");
      socket.end();
      return null;
    });
    const transport = client();
    await ask(transport, server.url);
    expect((await ask(transport, server.url)).failure?.class).toBe("reset");
    expect(server.requests.length).toBe(2);
  });

  test("is noticed without a request when the server says goodbye in time", async () => {
    const server = upstream(() => ok("pong"));
    const transport = client();
    await ask(transport, server.url);
    server.hangUp();
    await eventually("it is closed", () => server.open() === 0);
    expect((await ask(transport, server.url)).peer.reused).toBe(false);
    expect(server.requests.length).toBe(2);
  });
});

test("a request that goes out once more has the deadline of a new connection", async () => {
  const server = upstream((_request, socket, nth) => {
    if (nth === 1) return ok("pong");
    socket.end();
    return null;
  });
  let [nowMs, lookups] = [0, 0];
  const resolver = createResolver(
    async () => {
      lookups += 1;
      return lookups === 1 ? [{ address: "127.0.0.1", family: 4, ttl: 1 }] : new Promise(() => {});
    },
    () => nowMs,
  );
  const transport = createHttpTransport({ resolver, keep });
  transports.push(transport);
  const url = `http://kept.example:${server.port}/`;
  await ask(transport, url);
  nowMs = 2000;
  const late = { connectMs: 60_000, firstByteMs: 60_000, totalMs: 950 };
  const first = await Promise.race([
    ask(transport, url, {}, { ...late, connectMs: 200, totalMs: 60_000 }),
    ask(transport, upstream(() => null).url, {}, late),
  ]);
  expect(first.failure?.text).toBe("the host name did not resolve within 200 ms");
});

test("a connection on which a deadline passed is not used again", async () => {
  const server = upstream((_request, _socket, nth) => (nth === 1 ? null : ok("pong")));
  const transport = client();
  const { failure } = await ask(transport, server.url, {}, shortDeadlines);
  expect(failure?.class).toBe("timeout_first_byte");
  await eventually("it is closed", () => server.open() === 0);
  expect((await ask(transport, server.url)).peer.reused).toBe(false);
});

describe("an answer", () => {
  test("in pieces is put together, and its connection is kept", async () => {
    const server = upstream((_request, socket) => {
      const bytes = ok("0123456789");
      socket.write(bytes.slice(0, 9));
      setTimeout(() => socket.write(bytes.slice(9, 45)), 5);
      setTimeout(() => socket.write(bytes.slice(45)), 10);
      return null;
    });
    const transport = client();
    expect((await ask(transport, server.url)).response?.body).toBe("0123456789");
    const second = await ask(transport, server.url);
    expect(second.response?.body).toBe("0123456789");
    expect(second.peer.reused).toBe(true);
  });

  test("in chunks with trailers is put together, and its connection is kept", async () => {
    const server = upstream(
      () =>
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npo\r\n\r\n2\r\nng\r\n0\r\nX-T: a\r\n\r\n",
    );
    const transport = client();
    expect((await ask(transport, server.url)).response?.body).toBe("po\r\nng");
    const second = await ask(transport, server.url);
    expect(second.response?.headers["x-t"]).toBeUndefined();
    expect(second.peer.reused).toBe(true);
  });

  test("without a length ends with the connection", async () => {
    const server = upstream((_request, socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\npo");
      setTimeout(() => socket.end("ng"), 5);
      return null;
    });
    expect((await ask(client(), server.url)).response?.body).toBe("pong");
  });

  test("may be preceded by informational ones", async () => {
    const server = upstream(
      () => `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${ok("pong")}`,
    );
    const { response } = await ask(client(), server.url);
    expect(response).toMatchObject({ status: 200, body: "pong" });
    expect(response?.headers["link"]).toBeUndefined();
  });

  test("that switches to another protocol unasked is no answer", async () => {
    const server = upstream(
      () => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    );
    expect((await ask(client(), server.url)).failure?.class).toBe("protocol");
  });

  test("that came before the whole request was taken is an answer, and ends the connection", async () => {
    const server = upstream((_request, socket, nth) => {
      if (nth > 1) return null;
      socket.pause();
      return "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    });
    const { response } = await ask(client(), server.url, { body: "x".repeat(20_000_000) });
    expect(response?.status).toBe(413);
    await eventually("it is closed", () => server.open() === 0);
  });

  test("to a long request comes when all of it was sent", async () => {
    let bytes = 0;
    const server = upstream((request) => {
      bytes += request.length;
      return bytes > 5_000_000 ? ok("pong") : null;
    });
    const { response } = await ask(client(), server.url, { body: "x".repeat(5_000_000) });
    expect(response?.body).toBe("pong");
  });

  test("that came whole keeps its connection, though its watcher has seen a token in it", async () => {
    const server = upstream(() => ok("data: x\n\n"));
    const transport = client();
    const watch = () => (more: string) => (more.includes("x") ? ("token" as const) : null);
    const first = await ask(transport, server.url, { watch });
    expect(first.response?.truncated).toBe(false);
    expect(first.phases.firstTokenMs).toBeGreaterThan(0);
    expect((await ask(transport, server.url, { watch })).peer.reused).toBe(true);
  });

  test("whose watcher has seen a token ends the exchange at once, and tells when that was", async () => {
    const server = upstream((_request, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
      const timer = setInterval(() => socket.write("data: x\n\n"), 5);
      setTimeout(() => clearInterval(timer), 1000);
      return null;
    });
    const exchange = await ask(client(), server.url, {
      watch: () => (more) => (more.includes("x") ? "token" : null),
    });
    expect(exchange.response?.truncated).toBe(true);
    expect(exchange.phases.firstTokenMs).toBeGreaterThan(0);
    await eventually("it is closed", () => server.open() === 0);
  });
});
