import { describe, expect, test } from "bun:test";
import { addressesOf } from "../../src/connection/address.ts";
import { createResolver } from "../../src/transport/resolver.ts";

const twoHosts = createResolver(async () => [
  { address: "fd00::7", family: 6 },
  { address: "10.0.0.7", family: 4 },
]);
const noHosts = createResolver(() => Promise.reject(new Error("DNS_ENOTFOUND")));

describe("a host", () => {
  test("keeps its address while it answers", async () => {
    const addresses = addressesOf("db.example", twoHosts);
    expect([await addresses.current(), await addresses.current()]).toEqual([
      "10.0.0.7",
      "10.0.0.7",
    ]);
  });

  test("is dialled at its next address after a failure, and then at the first again", async () => {
    const addresses = addressesOf("db.example", twoHosts);
    addresses.turn();
    expect(await addresses.current()).toBe("fd00::7");
    addresses.turn();
    expect(await addresses.current()).toBe("10.0.0.7");
  });

  test("that is an address is not looked up, in brackets or not", async () => {
    expect(await addressesOf("[::1]", noHosts).current()).toBe("::1");
    expect(await addressesOf("127.0.0.1", noHosts).current()).toBe("127.0.0.1");
  });

  test("that does not resolve says so", async () => {
    const current = addressesOf("db.example", noHosts).current();
    expect(current).rejects.toThrow("the host name db.example does not resolve");
  });
});
