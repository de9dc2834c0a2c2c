import { afterAll, expect, test } from "bun:test";
import { createHttpTransport } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { type HttpRequest, Prepared } from "../../src/transport/transport.ts";
import { directRoute, longDeadlines } from "../probe/target.ts";
import { startProxy } from "./proxy.ts";
import { ok, startUpstream } from "./upstream.ts";

const upstream = startUpstream(() => ok("pong"));
const keep = { idleMs: 60_000, perKey: 8, total: 8, ageMs: 60_000 };
const transport = createHttpTransport({ resolver: createResolver(), keep });
afterAll(() => {
  transport.close();
  upstream.stop();
});

function ask(request: HttpRequest, route = directRoute) {
  return transport.exchange(request, { deadlines: longDeadlines, bodyBytesMax: 1024, route });
}

const question = () => ({
  method: "POST" as const,
  url: upstream.url,
  headers: { "content-type": "application/json" },
  body: '{"prompt":"größer"}',
});

test("a request that is asked again is sent as it was the first time, and as one that is not prepared", async () => {
  const request = { ...question(), prepared: new Prepared() };
  const from = upstream.requests.length;
  for (const each of [request, request, question()]) {
    expect((await ask(each)).response?.body).toBe("pong");
  }
  const [first, second, plain] = upstream.requests.slice(from);
  expect(first).toEndWith('\r\nContent-Length: 21\r\n\r\n{"prompt":"größer"}');
  expect([second, plain]).toEqual([first, first]);
});

test("what was prepared for a place is not sent to a proxy, and the other way round", async () => {
  const proxy = await startProxy();
  const through = {
    ...directRoute,
    proxy: { secure: false, hostname: "127.0.0.1", port: proxy.port, authorization: null },
  };
  const request = { ...question(), prepared: new Prepared() };
  const from = upstream.requests.length;
  await ask(request, through);
  await ask(request);
  await ask(request, through);
  proxy.stop();
  const toProxy = `POST ${upstream.url} HTTP/1.1\r\n`;
  expect(proxy.heads[0]).toStartWith(toProxy);
  const [, direct, again] = upstream.requests.slice(from);
  expect(direct).toStartWith("POST / HTTP/1.1\r\n");
  // The test's proxy hands on the second request of a connection as it came.
  expect(again).toStartWith(toProxy);
});

test("what was prepared while connections are kept is not sent when they are not", async () => {
  const changing = { ...keep };
  const own = createHttpTransport({ resolver: createResolver(), keep: changing });
  const request = { ...question(), prepared: new Prepared() };
  const from = upstream.requests.length;
  const options = { deadlines: longDeadlines, bodyBytesMax: 1024, route: directRoute };
  await own.exchange(request, options);
  changing.idleMs = 0;
  await own.exchange(request, options);
  own.close();
  const [kept, alone] = upstream.requests.slice(from);
  expect([kept?.includes("Connection: close"), alone?.includes("Connection: close")]).toEqual([
    false,
    true,
  ]);
});

test("a header that cannot be sent is refused each time", async () => {
  const request = { ...question(), headers: { name: "a\r\nb: c" }, prepared: new Prepared() };
  for (let time = 0; time < 2; time += 1) {
    expect((await ask(request)).failure?.class).toBe("config");
  }
});
