import { expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { Route } from "../../src/registry/deployment.ts";
import { type ExchangeOptions, nothingMeasured } from "../../src/transport/transport.ts";
import { directRoute, longDeadlines, target } from "./target.ts";

// User and password have no shape to know them by.
const password = "0123456789@abcdef";
const authorization = `Basic ${Buffer.from(`somebody:${password}`).toString("base64")}`;
const route: Route = {
  ...directRoute,
  proxy: { secure: false, hostname: "proxy", port: 3128, authorization },
};

/** Asks through a client that fails with these words; with what it was told. */
async function ask(words: string) {
  let told: ExchangeOptions | null = null;
  const prober = createProber({
    transport: {
      exchange: async (_request, options) => {
        told = options;
        return {
          response: null,
          failure: { class: "connect", text: words },
          ...nothingMeasured(1),
        };
      },
      close() {},
    },
    bodyBytesMax: 1024,
    clock: systemClock,
  });
  const { outcome } = await prober({ target: target({ route }), deadlines: longDeadlines });
  return { outcome, told: told as ExchangeOptions | null };
}

test("a probe takes the way of its target", async () => {
  expect((await ask("refused")).told?.route).toEqual(route);
});

for (const [title, words] of [
  ["as the proxy gets them", `sent Proxy-Authorization: ${authorization}`],
  ["as the proxy gets them, without their scheme", `sent ${authorization.split(" ")[1]}`],
  ["as they are", `user somebody:${password} is not known`],
  ["in a URL", `no answer from http://somebody:${encodeURIComponent(password)}@proxy:3128`],
  ["by the password alone", `the password ${password} is wrong`],
  ["by the password alone, URL-encoded", `the password ${encodeURIComponent(password)} is wrong`],
] as const) {
  test(`the credentials of a proxy are not in the outcome: ${title}`, async () => {
    const { text } = (await ask(words)).outcome;
    expect(text).toContain("[redacted]");
    expect(text).not.toContain("0123456789");
    expect(text).not.toContain(authorization.slice(6, 20));
  });
}
