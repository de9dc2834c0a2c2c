import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addressOfWords, wordsOfAddress } from "../../src/table/address-words.ts";

describe("an address in the table", () => {
  test("is the same when it is read again, for every IPv4 address", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressOfWords(wordsOfAddress(address))).toBe(address);
      }),
    );
  });

  test("is the same in its shortest form, for every IPv6 address", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((group) => group.toString(16)).join(":");
        fc.pre(groups.some((group) => group > 0) && !/^(?:0:){5}ffff/.test(long));
        const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
        expect(addressOfWords(wordsOfAddress(long))).toBe(short);
        expect(addressOfWords(wordsOfAddress(short))).toBe(short);
      }),
    );
  });

  test("never fails, however an address is written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string()), (address) => {
        addressOfWords(wordsOfAddress(address));
      }),
    );
  });

  test("of IPv4 inside of IPv6 is shown as IPv4", () => {
    expect(addressOfWords(wordsOfAddress("::ffff:203.0.113.7"))).toBe("203.0.113.7");
  });

  test.each(["", "localhost", "1.2.3", "1.2.3.256", "1::2::3", "1:2:3:4:5:6:7:8:9", "g::1"])(
    "is none for %p",
    (text) => {
      expect(addressOfWords(wordsOfAddress(text))).toBeNull();
    },
  );

  test("is none where no connection was made", () => {
    expect(addressOfWords(wordsOfAddress(null))).toBeNull();
  });

  test("is shown without the zone of its link", () => {
    expect(addressOfWords(wordsOfAddress("fe80::1%eth0"))).toBe("fe80::1");
  });
});
