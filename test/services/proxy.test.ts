import { afterEach, describe, expect, test } from "bun:test";
import { proxyCheck } from "../../src/services/proxy.ts";
import { freePort } from "../servers/process.ts";
import { becomes, refusal, resolver, timeoutMs, watch } from "./running.ts";

type Answer = (path: string, request: Request) => Response | Promise<Response>;

let proxy: Bun.Server<undefined> | null = null;
afterEach(() => proxy?.stop(true));

/** A proxy that answers so; its URL names the host, not the address. */
function serve(answer: Answer): string {
  proxy = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => answer(new URL(request.url).pathname, request),
  });
  return `http://localhost:${proxy.port}`;
}

const check = (url: string, key: string | null = null) => proxyCheck(url, key, resolver);
const ready = { status: "healthy" };

/** Answers like a proxy with a master key. */
const guarded: Answer = (path, request) => {
  if (path === "/health/readiness") return Response.json(ready);
  return path === "/health/readiness/details" &&
    request.headers.get("authorization") === "Bearer sk-proxy"
    ? Response.json({ ...ready, litellm_version: "1.84.0" })
    : new Response(null, { status: 401 });
};

describe("the watched proxy", () => {
  test("tells its version to whoever has the key", async () => {
    const known = check(serve(guarded), "sk-proxy");
    const loop = watch(known);
    await becomes(loop, "connected");
    expect(known.version()).toBe("1.84.0");
    loop.stop();
  });

  test("is connected without the key too, its version unknown", async () => {
    const stranger = check(serve(guarded));
    const loop = watch(stranger);
    await becomes(loop, "connected");
    expect(stranger.version()).toBeNull();
    loop.stop();
  });

  test("of an older release tells its version in the short answer", async () => {
    const older = check(
      serve((path) =>
        path === "/health/readiness"
          ? Response.json({ ...ready, litellm_version: "1.50.0" })
          : new Response(null, { status: 404 }),
      ),
    );
    const loop = watch(older);
    await becomes(loop, "connected");
    expect(older.version()).toBe("1.50.0");
    loop.stop();
  });

  test("is asked by its name and below its path", async () => {
    const asked: string[] = [];
    const url = serve((path, request) => {
      asked.push(`${request.headers.get("host")}${path}`);
      return Response.json(ready);
    });
    const loop = watch(check(`${url}/litellm/`));
    await becomes(loop, "connected");
    loop.stop();
    expect(asked[0]).toBe(`${new URL(url).host}/litellm/health/readiness/details`);
  });

  test("that is not ready is disconnected, with its status", async () => {
    const url = serve(() => Response.json({ status: "down" }, { status: 503 }));
    expect(await refusal(check(url))).toBe("the proxy answers 503 on /health/readiness");
  });

  test("that sends us elsewhere is not followed with the key", async () => {
    let followed = false;
    const url = serve((path) => {
      if (path === "/elsewhere") followed = true;
      return Response.redirect("/elsewhere", 302);
    });
    expect(await refusal(check(url, "sk-proxy"))).toMatch(/answers 302/);
    expect(followed).toBe(false);
  });

  test("that answers without end is read to a bound", async () => {
    const chunk = new Uint8Array(16 * 1024).fill(0x20);
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(chunk),
        }),
      );
    const loop = watch(check(serve(endless)));
    await becomes(loop, "connected");
    loop.stop();
  });

  test("that never answers is given up", async () => {
    const url = serve(() => new Promise<Response>(() => {}));
    expect(await refusal(check(url), [], timeoutMs)).toBe("no answer within 500 ms");
  });

  test("that nobody runs is disconnected", async () => {
    expect(await refusal(check(`http://127.0.0.1:${await freePort()}`))).toMatch(/connect/i);
  });
});
