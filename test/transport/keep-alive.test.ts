import { expect, test } from "bun:test";
import { createHttpTransport } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute, longDeadlines } from "../probe/target.ts";
import { eventually } from "../servers/process.ts";
import { ok, startUpstream } from "./upstream.ts";

test("keeping connections can be switched off and on while the transport is used", async () => {
  const keep = { idleMs: 60_000, perKey: 8, total: 8, ageMs: 600_000 };
  const server = startUpstream(() => ok("pong"));
  const transport = createHttpTransport({ resolver: createResolver(), keep });
  const ask = async () =>
    (
      await transport.exchange(
        { method: "GET", url: server.url, headers: {}, body: null },
        { deadlines: longDeadlines, bodyBytesMax: 1024, route: directRoute },
      )
    ).peer.reused;
  await ask();
  expect(await ask()).toBe(true);
  keep.idleMs = 0;
  expect(await ask()).toBe(false);
  expect(server.requests.at(-1)).toContain("Connection: close");
  keep.idleMs = 60_000;
  await ask();
  expect(await ask()).toBe(true);
  transport.close();
  await eventually("nothing is open", () => server.open() === 0);
  server.stop();
});
