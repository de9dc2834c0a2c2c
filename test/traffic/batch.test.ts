import { describe, expect, test } from "bun:test";
import { deflateSync, gzipSync } from "node:zlib";
import { BatchError, type Encoding, readBatch } from "../../src/traffic/batch.ts";
import { payload } from "./payloads.ts";

const bounds = { bytesMax: 100_000, entriesMax: 5 };

function read(body: string | Uint8Array, encoding: Encoding = "identity") {
  return readBatch(typeof body === "string" ? Buffer.from(body) : body, encoding, bounds);
}

function refusal(body: string | Uint8Array, encoding: Encoding = "identity"): BatchError {
  try {
    read(body, encoding);
  } catch (error) {
    if (error instanceof BatchError) return error;
  }
  throw new Error("it was not refused");
}

const both = [payload("1"), payload("2")];

describe("the body of a callback", () => {
  test("is one payload, an array, or one a line", () => {
    const values = both.map((value) => ({ value }));
    expect(read(JSON.stringify(both[0]))).toEqual(values.slice(0, 1));
    expect(read(JSON.stringify(both, null, 2))).toEqual(values);
    expect(read(both.map((one) => JSON.stringify(one)).join("\n"))).toEqual(values);
    expect(read(`${both.map((one) => JSON.stringify(one)).join("\r\n")}\n`)).toEqual(values);
  });

  test("may be packed", () => {
    const text = JSON.stringify(both);
    expect(read(gzipSync(text), "gzip")).toHaveLength(2);
    expect(read(deflateSync(text), "deflate")).toHaveLength(2);
  });

  test("of which an element is no JSON loses that element only", () => {
    const text = `[${JSON.stringify(both[0])}, {"id":"x","response_cost":}, ${JSON.stringify(both[1])}]`;
    expect(read(text)).toEqual([
      { value: both[0] },
      { error: "this is not JSON" },
      { value: both[1] },
    ]);
  });

  test("may hold numbers as Python writes them, which are null", () => {
    const written =
      '{"id":"x","response_cost":NaN,"low":[-Infinity,Infinity],"said":"it \\"is\\" NaN"}';
    const value = { id: "x", response_cost: null, low: [null, null], said: 'it "is" NaN' };
    expect(read(written)).toEqual([{ value }]);
    expect(read(`[${written},${JSON.stringify(both[0])}]`)).toEqual([
      { value },
      { value: both[0] },
    ]);
    expect(read(`${JSON.stringify(both[0])}\n${written}`)).toEqual([{ value: both[0] }, { value }]);
  });

  test("of which a line is no JSON loses that line only", () => {
    const text = `${JSON.stringify(both[0])}\n{"id":\n${JSON.stringify(both[1])}`;
    expect(read(text)).toEqual([
      { value: both[0] },
      { error: "this is not JSON" },
      { value: both[1] },
    ]);
  });

  test("that was cut off keeps what is whole", () => {
    const text = JSON.stringify(both);
    expect(read(text.slice(0, -40))).toEqual([{ value: both[0] }, { error: "this is not JSON" }]);
  });

  test("is refused when it unpacks to more than the bound", () => {
    const bomb = gzipSync(Buffer.alloc(bounds.bytesMax * 10, " "));
    expect(bomb.length).toBeLessThan(2000);
    expect(refusal(bomb, "gzip").tooLarge).toBe(true);
  });

  test("is refused with more entries than the bound, however it lists them", () => {
    expect(refusal("[1,2,3,4,5,6]").tooLarge).toBe(true);
    expect(refusal("1\n2\n3\n4\n5\n6").tooLarge).toBe(true);
    expect(refusal("[1,2,3,4,5,NaN]").tooLarge).toBe(true);
  });

  test("is refused when nothing of it can be read", () => {
    for (const body of ["", " \n", "hello"]) expect(refusal(body).tooLarge).toBe(false);
    expect(refusal("hello", "gzip").message).toBe("the body is not gzip");
    expect(refusal(gzipSync(JSON.stringify(both)).subarray(0, 50), "gzip").tooLarge).toBe(false);
  });
});
