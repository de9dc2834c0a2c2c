import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:tls";
import type { ProxyRoute, Route } from "../../src/registry/deployment.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute, longDeadlines } from "../probe/target.ts";
import { type Authority, type Certificate, createAuthority } from "./authority.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { ok, startUpstream, type Upstream } from "./upstream.ts";

const kept = { idleMs: 60_000, perKey: 8, total: 8, ageMs: 600_000 };
const transport = createHttpTransport({ resolver: createResolver(), keep: kept });
const day = 86_400_000;
let authority: Authority;
let server: Server;
let port = 0;
const clientsSeen: boolean[] = [];

/** Answers with whether the client showed a certificate that the authority signed. */
async function startTls(certificate: Certificate, demanding = false): Promise<Server> {
  const made = createServer(
    {
      cert: readFileSync(certificate.certFile),
      key: readFileSync(certificate.keyFile),
      ca: readFileSync(authority.caFile),
      requestCert: true,
      rejectUnauthorized: demanding,
    },
    (socket) => {
      clientsSeen.push(socket.authorized);
      socket.on("error", () => {});
      socket.on("data", () => socket.write(ok("pong")));
    },
  );
  made.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return made;
}

const portOf = (one: Server) => (one.address() as { port: number }).port;

beforeAll(async () => {
  authority = createAuthority();
  server = await startTls(authority.sign(["localhost", "127.0.0.1"]));
  port = portOf(server);
});
afterAll(() => {
  transport.close();
  server.close();
  authority.remove();
});

function ask(url: string, route: Partial<Route> = {}, using = transport) {
  return using.exchange(
    { method: "POST", url, headers: {}, body: "{}" },
    { deadlines: longDeadlines, bodyBytesMax: 1024, route: { ...directRoute, ...route } },
  );
}

describe("a server with a certificate of the operator's own authority", () => {
  test("is trusted when the authority's file is given", async () => {
    const { response, phases } = await ask(`https://localhost:${port}/`, {
      caFile: authority.caFile,
    });
    expect(response?.body).toBe("pong");
    expect(phases.tlsMs).toBeGreaterThan(0);
  });

  test("is trusted by its address, too, when the certificate names it", async () => {
    const route = { caFile: authority.caFile };
    expect((await ask(`https://127.0.0.1:${port}/`, route)).response?.body).toBe("pong");
  });

  test("is not trusted otherwise, and the outcome says why", async () => {
    const { failure } = await ask(`https://localhost:${port}/`);
    expect(failure?.class).toBe("tls");
    expect(failure?.text).toContain("SELF_SIGNED_CERT_IN_CHAIN");
  });

  test("tells when its certificate ends, on a kept connection too, and when it is not trusted", async () => {
    const route = { caFile: authority.caFile };
    const first = await ask(`https://localhost:${port}/`, route);
    const second = await ask(`https://localhost:${port}/`, route);
    const distrusted = await ask(`https://localhost:${port}/`);
    expect(second.peer.reused).toBe(true);
    for (const { peer } of [first, second, distrusted]) {
      const days = ((peer.certificateEndMs ?? 0) - Date.now()) / day;
      expect(Math.round(days)).toBe(30);
    }
  });

  test("is refused under a name that is not in its certificate", async () => {
    const names = createHttpTransport({
      resolver: createResolver(async () => [{ address: "127.0.0.1", family: 4 }]),
      keep: keepNone,
    });
    const { failure } = await ask(
      `https://other.example:${port}/`,
      { caFile: authority.caFile },
      names,
    );
    expect(failure?.class).toBe("tls");
    expect(failure?.text).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  test("whose certificate has ended is refused, and accepted without verification", async () => {
    const expired = await startTls(authority.sign(["localhost"], -1));
    const url = `https://localhost:${portOf(expired)}/`;
    const refused = await ask(url, { caFile: authority.caFile });
    expect(refused.failure?.text).toContain("CERT_HAS_EXPIRED");
    expect(refused.peer.certificateEndMs).toBeLessThan(Date.now());
    const accepted = await ask(url, { caFile: authority.caFile, verifyTls: false });
    expect(accepted.response?.body).toBe("pong");
    expired.close();
  });
});

test("a server that hangs up in the handshake ends the exchange at once", async () => {
  const leaving = startUpstream((_hello, socket) => {
    socket.end();
    return null;
  });
  const { failure } = await ask(`https://localhost:${leaving.port}/`);
  expect(failure?.class).toBe("tls");
  expect(failure?.text).toContain("ECONNRESET");
  leaving.stop();
});

describe("a client certificate", () => {
  test("is shown to a server that wants one", async () => {
    const demanding = await startTls(authority.sign(["localhost"]), true);
    clientsSeen.length = 0;
    const { response } = await ask(`https://localhost:${portOf(demanding)}/`, {
      caFile: authority.caFile,
      clientCertificate: authority.sign(["client"]),
    });
    expect(response?.body).toBe("pong");
    expect(clientsSeen).toEqual([true]);
    demanding.close();
  });

  test("that is missing ends the exchange", async () => {
    const demanding = await startTls(authority.sign(["localhost"]), true);
    const route = { caFile: authority.caFile };
    const { failure } = await ask(`https://localhost:${portOf(demanding)}/`, route);
    expect(["tls", "reset"]).toContain(failure?.class ?? "");
    demanding.close();
  });

  test("whose file cannot be read is a matter of the configuration, and names the file", async () => {
    const { failure } = await ask(`https://localhost:${port}/`, {
      clientCertificate: { certFile: "/nowhere/client.pem", keyFile: "/nowhere/client.pem" },
    });
    expect(failure).toEqual({
      class: "config",
      text: "ERR_CERTIFICATE_FILE: the certificate file /nowhere/client.pem cannot be read (ENOENT)",
    });
  });
});

describe("through a proxy", () => {
  let proxy: TestProxy;
  let plain: Upstream;
  const routed = (more: Partial<ProxyRoute> = {}): Route => ({
    ...directRoute,
    caFile: authority.caFile,
    proxy: { secure: false, hostname: "127.0.0.1", port: proxy.port, authorization: null, ...more },
  });
  beforeAll(async () => {
    proxy = await startProxy();
    plain = startUpstream(() => ok("plain"));
  });
  afterAll(() => {
    proxy.stop();
    plain.stop();
  });

  test("a plain request names the whole address, with the proxy's credentials", async () => {
    const route = routed({ authorization: "Basic abc" });
    const { response } = await ask(`http://models.example:${plain.port}/v1?a=1`, route);
    expect(response?.body).toBe("plain");
    const [line, ...headers] = proxy.heads.at(-1)?.split("\r\n") ?? [];
    expect(line).toBe(`POST http://models.example:${plain.port}/v1?a=1 HTTP/1.1`);
    expect(headers).toContain("Proxy-Authorization: Basic abc");
  });

  test("TLS goes through a tunnel, to the name that the proxy resolves", async () => {
    const route = routed({ authorization: "Basic abc" });
    const { response, peer, phases } = await ask(`https://localhost:${port}/`, route);
    expect(response?.body).toBe("pong");
    expect(peer.certificateEndMs).toBeGreaterThan(Date.now());
    expect(phases.tlsMs).toBeGreaterThan(0);
    expect(proxy.heads.at(-1)).toBe(
      `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\nProxy-Authorization: Basic abc`,
    );
  });

  test("a tunnel is kept for the next request", async () => {
    const route = routed();
    await ask(`https://localhost:${port}/`, route);
    const asked = proxy.heads.length;
    expect((await ask(`https://localhost:${port}/`, route)).peer.reused).toBe(true);
    expect(proxy.heads.length).toBe(asked);
  });

  test("the deployment's certificate is verified as ever", async () => {
    const { failure } = await ask(`https://localhost:${port}/`, { ...routed(), caFile: null });
    expect(failure?.class).toBe("tls");
  });

  test("an authority's file that cannot be read is a matter of the configuration", async () => {
    const route = { ...routed(), caFile: "/nowhere/ca.pem" };
    const { failure } = await ask(`https://localhost:${port}/`, route);
    expect(failure?.class).toBe("config");
    expect(failure?.text).toContain("/nowhere/ca.pem");
  });

  const refusals: [status: string, outcome: string, text: RegExp][] = [
    ["407 Proxy Authentication Required", "config", /the proxy wants other credentials/],
    ["403 Forbidden", "connect", /the proxy does not connect \(403\)/],
  ];
  for (const [status, outcome, text] of refusals) {
    test(`that answers ${status} to CONNECT the exchange ends as ${outcome}`, async () => {
      const refusing = await startProxy(status);
      const { failure } = await ask(`https://localhost:${port}/`, routed({ port: refusing.port }));
      expect(failure?.class).toBe(outcome as "config");
      expect(failure?.text).toMatch(text);
      refusing.stop();
    });
  }

  test("that cannot be reached the exchange ends as connect, and names the proxy", async () => {
    const gone = await startProxy();
    gone.stop();
    const { failure } = await ask(`https://localhost:${port}/`, routed({ port: gone.port }));
    expect(failure?.class).toBe("connect");
    expect(failure?.text).toContain(`the proxy 127.0.0.1:${gone.port} cannot be reached`);
  });

  test("that itself speaks TLS plain requests go as others do", async () => {
    const secured = await startTls(authority.sign(["127.0.0.1"]));
    const route = routed({ secure: true, port: portOf(secured) });
    expect((await ask(`http://models.example/`, route)).response?.body).toBe("pong");
    secured.close();
  });

  test("that itself speaks TLS no TLS can go, which the outcome says", async () => {
    const secured = await startTls(authority.sign(["127.0.0.1"]));
    const route = routed({ secure: true, port: portOf(secured) });
    const { failure } = await ask(`https://localhost:${port}/`, route);
    expect(failure?.class).toBe("config");
    secured.close();
  });
});
