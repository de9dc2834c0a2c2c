import { expect, test } from "bun:test";
import { Secret } from "../../src/config/secret.ts";
import { startContext, threeModels } from "./context.ts";

interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

async function statusOf(
  { url, method = "POST", headers = {} }: Asked,
  changes: { host?: string; masterKey?: Secret } = {},
): Promise<number> {
  const { app } = startContext(threeModels, changes);
  const path = method === "POST" ? "/health/check?wait=false" : "/health";
  return (await app.handle(new Request(`${url}${path}`, { method, headers }))).status;
}

const rebound = {
  url: "http://evil.example:4000",
  headers: { origin: "http://evil.example:4000" },
};

test("a page whose name was made to lead to this machine has nothing probed", async () => {
  expect(await statusOf(rebound)).toBe(403);
  expect(await statusOf(rebound, { host: "127.0.0.1" })).toBe(403);
  expect(await statusOf(rebound, { host: "localhost" })).toBe(403);
});

test("a page of another site has nothing probed at any address", async () => {
  const headers = { "sec-fetch-site": "cross-site", origin: "http://evil.example" };
  expect(await statusOf({ url: "http://127.0.0.1:4000", headers })).toBe(403);
});

for (const url of ["http://127.0.0.1:4000", "http://[::1]:4000", "http://localhost:4000"]) {
  test(`our own page in a browser may ask at ${url}`, async () => {
    expect(await statusOf({ url, headers: { origin: url } })).toBe(202);
  });
}

test("a program may have a name of its own for this machine", async () => {
  expect(await statusOf({ url: "http://host.docker.internal:4000" })).toBe(202);
});

test("an address that was opened to others may be called by any name", async () => {
  expect(await statusOf(rebound, { host: "0.0.0.0" })).toBe(202);
});

test("where there is a key, the key decides", async () => {
  const masterKey = new Secret("sk-1");
  expect(await statusOf(rebound, { masterKey })).toBe(401);
  const headers = { ...rebound.headers, authorization: "Bearer sk-1" };
  expect(await statusOf({ ...rebound, headers }, { masterKey })).toBe(202);
});

test("what only reads is answered by whatever name", async () => {
  expect(await statusOf({ ...rebound, method: "GET" })).toBe(200);
});
