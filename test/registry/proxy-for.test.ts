import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ProxyRoute } from "../../src/registry/deployment.ts";
import { proxyFor, readProxies } from "../../src/registry/proxy-for.ts";

const target = "https://api.openai.com/v1";

/** The proxy as host and port, or null where it is asked directly. */
function chosen(url: string, environment: Record<string, string>): string | null {
  const { proxy } = proxyFor(url, environment);
  return proxy === null ? null : `${proxy.hostname}:${proxy.port}`;
}

const basic = (login: string) => `Basic ${Buffer.from(login).toString("base64")}`;

describe("the variable that counts", () => {
  const cases: [what: string, url: string, environment: Record<string, string>, proxy: string][] = [
    [
      "HTTPS_PROXY for https",
      target,
      { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:1" },
      "s:1",
    ],
    [
      "HTTP_PROXY for http",
      "http://box/v1",
      { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "p:2" },
      "p:2",
    ],
    [
      "ALL_PROXY where there is no other",
      target,
      { ALL_PROXY: "http://a:1", HTTP_PROXY: "p:1" },
      "a:1",
    ],
    [
      "HTTPS_PROXY before ALL_PROXY",
      target,
      { ALL_PROXY: "http://a:1", HTTPS_PROXY: "s:1" },
      "s:1",
    ],
    [
      "the lower case before the upper",
      target,
      { HTTPS_PROXY: "up:1", https_proxy: "low:1" },
      "low:1",
    ],
  ];
  for (const [what, url, environment, proxy] of cases) {
    test(`is ${what}`, () => {
      expect(chosen(url, environment)).toBe(proxy);
    });
  }

  test("is none where nothing is set, or where it is empty", () => {
    expect(chosen(target, {})).toBeNull();
    expect(chosen(target, { HTTPS_PROXY: "", ALL_PROXY: " " })).toBeNull();
  });

  test("in lower case and empty switches off the one in upper case", () => {
    expect(chosen(target, { HTTPS_PROXY: "http://s:1", https_proxy: "" })).toBeNull();
    expect(chosen(target, { ALL_PROXY: "http://a:1", NO_PROXY: "*", no_proxy: "" })).toBe("a:1");
  });
});

describe("the URL of a proxy", () => {
  const cases: [url: string, route: ProxyRoute][] = [
    ["http://proxy:3128", { secure: false, hostname: "proxy", port: 3128, authorization: null }],
    ["proxy:3128", { secure: false, hostname: "proxy", port: 3128, authorization: null }],
    ["PROXY.Corp/", { secure: false, hostname: "proxy.corp", port: 80, authorization: null }],
    ["https://proxy", { secure: true, hostname: "proxy", port: 443, authorization: null }],
    [
      "http://[fd00::1]:8080",
      { secure: false, hostname: "fd00::1", port: 8080, authorization: null },
    ],
    [
      "http://10.0.0.1:8080\n",
      { secure: false, hostname: "10.0.0.1", port: 8080, authorization: null },
    ],
    [
      "http://user:p%40ss%23@proxy:1",
      { secure: false, hostname: "proxy", port: 1, authorization: basic("user:p@ss#") },
    ],
    [
      "user:100%@proxy:1",
      { secure: false, hostname: "proxy", port: 1, authorization: basic("user:100%") },
    ],
    [
      "http://token@proxy:1",
      { secure: false, hostname: "proxy", port: 1, authorization: basic("token:") },
    ],
  ];
  for (const [url, route] of cases) {
    test(`such as ${JSON.stringify(url)} is read`, () => {
      expect(proxyFor(target, { HTTPS_PROXY: url })).toEqual({ proxy: route, problem: null });
    });
  }

  test("gives user and password, whatever they are, as Basic authentication", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
        const { proxy } = proxyFor(target, { HTTPS_PROXY: `http://${login}@proxy:1` });
        expect(proxy?.authorization).toBe(basic(`${user}:${password}`));
      }),
    );
  });

  for (const wrong of [
    "http://",
    "http://proxy:port",
    "ftp://proxy:1",
    "http://user:hunter2-secret#1@proxy:1",
    "http://user:1/hunter2-secret@proxy:1",
    "http://user:1?hunter2-secret@proxy:1",
  ]) {
    test(`that is wrong (${wrong}) is told with the variable's name, and stops what would take it`, () => {
      const { for: choose, warnings } = readProxies({ https_proxy: wrong }, false);
      const { proxy, problem } = choose(new URL(target));
      expect(proxy).toBeNull();
      expect(problem).toStartWith("https_proxy is not the URL of a proxy");
      expect(warnings).toEqual([problem ?? ""]);
      expect(problem).not.toContain("hunter2-secret");
    });
  }

  test("is never told, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", "http://", "socks5://u:"), (text, scheme) => {
        const value = `${scheme}hunter2-secret${text}`;
        const { for: choose, warnings } = readProxies({ ALL_PROXY: value }, false);
        const told = [...warnings, choose(new URL(target)).problem ?? ""].join();
        expect(told).not.toContain("hunter2-secret");
      }),
    );
  });

  test("of SOCKS is a problem of what would go through it, and no warning", () => {
    const proxies = readProxies({ ALL_PROXY: "socks5h://proxy:1080", HTTP_PROXY: "p:1" }, false);
    expect(proxies.for(new URL(target)).problem).toStartWith(
      "the proxy of ALL_PROXY is a SOCKS proxy, which is not supported",
    );
    expect(proxies.for(new URL("http://box/v1")).problem).toBeNull();
    expect(proxies.warnings).toEqual([]);
  });
});

describe("what is on this machine", () => {
  for (const url of [
    "http://localhost:8000/v1",
    "http://127.0.0.1:8000/v1",
    "http://127.9.9.9/v1",
    "http://[::1]:8000/v1",
    "http://[::ffff:127.0.0.1]/v1",
  ]) {
    test(`is asked directly unless the setting says otherwise (${url})`, () => {
      const environment = { HTTP_PROXY: "http://proxy:1" };
      expect(readProxies(environment, false).for(new URL(url)).proxy).toBeNull();
      expect(readProxies(environment, true).for(new URL(url)).proxy?.hostname).toBe("proxy");
    });
  }

  test("is not what only looks like it", () => {
    for (const url of ["http://localhost.example/v1", "http://128.0.0.1/v1", "http://[::2]/v1"]) {
      expect(chosen(url, { HTTP_PROXY: "http://proxy:1" })).toBe("proxy:1");
    }
  });
});

describe("NO_PROXY", () => {
  const isDirect = (url: string, list: string) =>
    chosen(url, { ALL_PROXY: "http://proxy:1", NO_PROXY: list }) === null;

  const cases: [list: string, direct: string[], proxied: string[]][] = [
    ["*", ["https://a.example", "http://10.0.0.1", "http://[fd00::1]"], []],
    ["a.example, *", ["https://b.example"], []],
    [
      "example.com",
      [
        "https://example.com",
        "http://a.b.example.com:8000",
        "https://EXAMPLE.com",
        "https://example.com.",
      ],
      ["https://notexample.com", "https://example.com.evil", "https://example.org"],
    ],
    [".example.com", ["https://example.com", "https://a.example.com"], ["https://notexample.com"]],
    ["*.Example.com.", ["https://a.example.com"], ["https://a.example.org"]],
    [
      "a.example,b.example c.example",
      ["https://b.example", "https://c.example"],
      ["https://d.example"],
    ],
    ["example.com:8443", ["https://a.example.com:8443"], ["https://example.com"]],
    ["example.com:443", ["https://example.com"], ["http://example.com"]],
    ["example.com:080", ["http://example.com"], ["https://example.com"]],
    ["10.0.0.1", ["http://10.0.0.1:8000"], ["http://10.0.0.10", "http://a.10.0.0.1.example"]],
    ["0.0.1", [], ["http://10.0.0.1"]],
    ["10.0.0.1:8000", ["http://10.0.0.1:8000"], ["http://10.0.0.1"]],
    [
      "192.168.0.0/16",
      ["http://192.168.3.4:8000", "http://[::ffff:192.168.0.1]"],
      ["http://192.169.0.1"],
    ],
    ["10.0.0.0/8:8000", ["http://10.1.1.1:8000"], ["http://10.1.1.1"]],
    ["fd00::/8", ["http://[fd12::1]:8000"], ["http://[fe80::1]"]],
    ["fd00::1", ["http://[fd00:0::1]"], ["http://[fd00::2]"]],
    ["[fd00::1]", ["http://[fd00::1]:8000"], ["http://[fd00::2]"]],
    ["[fd00::1]:8000", ["http://[fd00::1]:8000"], ["http://[fd00::1]"]],
    ["<local>", [], ["http://box:8000"]],
    [",, ,", [], ["https://example.com"]],
    ["10.0.0.0/33,fd00::/129,10.0.0.0/,10.0.0.0/8/8", [], ["http://10.0.0.1", "http://[fd00::1]"]],
  ];
  for (const [list, direct, proxied] of cases) {
    test(`of ${list} leaves out what it names, and no other`, () => {
      expect(direct.filter((url) => !isDirect(url, list))).toEqual([]);
      expect(proxied.filter((url) => isDirect(url, list))).toEqual([]);
    });
  }

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

  test("takes a name for the host and all below it", () => {
    // Names out of few letters, so that one is often the end of the other.
    const short = fc
      .array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 4 })
      .map((labels) => labels.join("."));
    fc.assert(
      fc.property(short, short, (host, listed) => {
        const expected = host === listed || host.endsWith(`.${listed}`);
        expect(isDirect(`https://${host}`, listed)).toBe(expected);
      }),
    );
  });

  test("takes networks of IPv4 bit by bit", () => {
    const address = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255)));
    const number = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    fc.assert(
      fc.property(address, fc.nat(32), fc.nat(31), fc.nat(32), (network, bits, flipped, stays) => {
        fc.pre(network[0] !== 127 && number(network) >= 2 ** 24);
        // The network's own address, or one that differs in one bit.
        const other =
          stays === 0 ? number(network) : (number(network) ^ (1 << (31 - flipped))) >>> 0;
        const host = [24, 16, 8, 0].map((shift) => (other >>> shift) & 255).join(".");
        fc.pre(!host.startsWith("127."));
        const expected = stays === 0 || flipped >= bits;
        expect(isDirect(`http://${host}`, `${network.join(".")}/${bits}`)).toBe(expected);
      }),
    );
  });

  test("takes networks of IPv6 bit by bit", () => {
    const groups = fc.tuple(...Array.from({ length: 8 }, () => fc.nat(0xffff)));
    fc.assert(
      fc.property(groups, fc.nat(128), fc.nat(127), (network, bits, flipped) => {
        const written = (all: readonly number[]) => all.map((one) => one.toString(16)).join(":");
        const other = network.map((group, index) =>
          index === flipped >> 4 ? group ^ (0x8000 >> (flipped & 15)) : group,
        );
        // Not one that is an IPv4 address in disguise.
        fc.pre(network[0] !== 0 && other[0] !== 0);
        expect(isDirect(`http://[${written(other)}]`, `${written(network)}/${bits}`)).toBe(
          flipped >= bits,
        );
      }),
    );
  });

  test("counts every entry, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.string(), name, fc.string(), (before, host, after) => {
        expect(isDirect(`https://${host}`, `${before},${host},${after}`)).toBe(true);
      }),
    );
  });

  test("of any text is read without failing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (list) => {
        expect(typeof isDirect("https://a.example", list)).toBe("boolean");
      }),
    );
  });
});
