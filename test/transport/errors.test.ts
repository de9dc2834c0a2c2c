import { afterAll, describe, expect, test } from "bun:test";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { classOfError, type Phase } from "../../src/transport/errors.ts";

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("{}") });
afterAll(() => server.stop(true));

describe("an error of the runtime", () => {
  test("is told with its code once, whether its words have it or not", () => {
    const told = (message: string) =>
      classOfError(Object.assign(new Error(message), { code: "ECONNRESET" }), "body").text;
    expect(told("")).toBe("ECONNRESET");
    expect(told("ECONNRESET")).toBe("ECONNRESET");
    expect(told("ECONNRESET: connection reset by peer, read")).toBe(
      "ECONNRESET: connection reset by peer, read",
    );
    expect(told("connection reset by peer")).toBe("ECONNRESET: connection reset by peer");
  });

  const errors: [code: string, phase: Phase, expected: OutcomeClass][] = [
    ["ENOTFOUND", "dns", "dns"],
    ["DNS_ETIMEOUT", "dns", "dns"],
    ["DNS_EREFUSED", "dns", "dns"],
    ["ECONNREFUSED", "connect", "connect"],
    ["EHOSTUNREACH", "connect", "connect"],
    ["ENETUNREACH", "connect", "connect"],
    ["ETIMEDOUT", "connect", "connect"],
    ["ETIMEDOUT", "body", "reset"],
    ["EHOSTUNREACH", "request", "reset"],
    ["ECONNRESET", "connect", "connect"],
    ["ECONNRESET", "tls", "tls"],
    ["ECONNRESET", "request", "reset"],
    ["ECONNRESET", "body", "reset"],
    ["EPIPE", "request", "reset"],
    ["CERT_HAS_EXPIRED", "tls", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", "tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", "tls"],
    ["EPROTO", "tls", "tls"],
    ["HPE_INVALID_CONSTANT", "request", "protocol"],
    ["HPE_HEADER_OVERFLOW", "request", "protocol"],
    ["Z_DATA_ERROR", "body", "protocol"],
    ["ERR_BUFFER_TOO_LARGE", "body", "protocol"],
    ["EMFILE", "connect", "internal"],
    ["ENOBUFS", "connect", "internal"],
    ["ERR_INVALID_URL", "dns", "config"],
    ["ERR_INVALID_PROTOCOL", "dns", "config"],
    ["ERR_INVALID_CHAR", "dns", "config"],
    ["constructor", "tls", "tls"],
    ["", "connect", "connect"],
  ];
  for (const [code, phase, expected] of errors) {
    test(`${code === "" ? "without a code" : code} in phase ${phase} is ${expected}`, () => {
      expect(classOfError(Object.assign(new Error("x"), { code }), phase).class).toBe(expected);
    });
  }

  test("for want of file descriptors is our own failure, not a dead upstream", async () => {
    const command = `ulimit -n 256; exec "$0" "$1" "$2" 1000 exhausted`;
    const child = Bun.spawn(
      [
        ...["sh", "-c", command, process.execPath, `${import.meta.dir}/one-exchange.ts`],
        `http://127.0.0.1:${server.port}/`,
      ],
      { stdout: "pipe", stderr: "ignore" },
    );
    expect((await new Response(child.stdout).text()).trim()).toBe("internal");
  });
});
