import { describe, expect, test } from "bun:test";
import { datagramLookup, streamLookup } from "../../src/transport/lookup.ts";
import { createResolver, type Lookup } from "../../src/transport/resolver.ts";

const four = { address: "192.0.2.1", family: 4 } as const;
const six = { address: "2001:db8::1", family: 6 } as const;
const resolverOf = (...addresses: Awaited<ReturnType<Lookup>>) =>
  createResolver(async () => addresses);
/** What a socket is told, as one list. */
function told(look: (done: (...words: unknown[]) => void) => void): Promise<unknown[]> {
  return new Promise((resolve) => look((...words) => resolve(words)));
}

describe("a socket that dials a name by itself", () => {
  test("gets the first address, or all of them where it asks for all", async () => {
    const look = streamLookup(resolverOf(six, four));
    expect(await told((done) => look("name.example", {}, done))).toEqual([null, "192.0.2.1", 4]);
    expect(await told((done) => look("name.example", { all: true }, done))).toEqual([
      null,
      [four, six],
    ]);
  });

  test("gets none but of the family that it wants", async () => {
    const look = streamLookup(resolverOf(four, six));
    for (const family of [6, "IPv6"] as const) {
      expect(await told((done) => look("name.example", { family }, done))).toEqual([
        null,
        "2001:db8::1",
        6,
      ]);
    }
    const onlyFour = streamLookup(resolverOf(four));
    const [error] = await told((done) => onlyFour("name.example", { family: 6 }, done));
    expect(error).toMatchObject({
      code: "ENOTFOUND",
      message: "the host name name.example has no IPv6 address",
    });
  });

  test("is told that a name does not resolve, by the code that libraries try again on", async () => {
    const refused = Object.assign(new Error("getaddrinfo"), { code: "DNS_ETIMEOUT" });
    for (const resolver of [resolverOf(), createResolver(() => Promise.reject(refused))]) {
      const [error] = await told((done) => streamLookup(resolver)("name.example", {}, done));
      expect(error).toMatchObject({
        code: "ENOTFOUND",
        message: "the host name name.example does not resolve",
      });
    }
  });
});

test("a socket for datagrams gets an address of its own family", async () => {
  const resolver = resolverOf(six, four);
  const options = {};
  const ofFour = datagramLookup(resolver, 4);
  expect(await told((done) => ofFour("name.example", options, done))).toEqual([
    null,
    "192.0.2.1",
    4,
  ]);
  const ofSix = datagramLookup(resolver, 6);
  expect(await told((done) => ofSix("name.example", options, done))).toEqual([
    null,
    "2001:db8::1",
    6,
  ]);
});
