import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { CheckLoop } from "../../src/services/check-loop.ts";
import { postgresCheck } from "../../src/services/postgres.ts";
import { binary } from "../servers/binaries.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, freePort } from "../servers/process.ts";
import { becomes, patientMs, refusal, resolver, watch } from "./running.ts";

const check = (url: string) => postgresCheck(url, patientMs, resolver);

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());

describe("PostgreSQL", () => {
  let loop: CheckLoop;
  beforeAll(() => {
    loop = watch(check(server.url));
  });
  afterAll(() => loop.stop());

  test("that answers is connected, with a measured round trip", async () => {
    await becomes(loop, "connected");
    expect(loop.report().latencyMs).toBeGreaterThan(0);
  });

  test("that hangs is disconnected, and connected again when it goes on", async () => {
    await becomes(loop, "connected");
    server.freeze();
    await becomes(loop, "disconnected");
    expect(loop.report().error).toBe("no answer within 500 ms");
    server.thaw();
    await becomes(loop, "connected");
  }, 60_000);

  test("that takes no more connections is disconnected, though an old one still answers", async () => {
    await becomes(loop, "connected");
    server.freezeListener();
    await becomes(loop, "disconnected");
    server.thaw();
    await becomes(loop, "connected");
  }, 60_000);

  test("that was killed is disconnected, and connected again after its restart", async () => {
    await becomes(loop, "connected");
    // Frozen first, so that it cannot make a new process while the known ones are killed.
    server.freeze();
    await server.kill();
    await becomes(loop, "disconnected");
    await server.start();
    await becomes(loop, "connected");
  }, 60_000);

  test("that ends our connection is asked over a new one", async () => {
    await becomes(loop, "connected");
    const admin = postgres(server.url, { max: 1 });
    const [first] = await admin`select pid, pg_terminate_backend(pid) as ended
      from pg_stat_activity where application_name = 'fleetpulse'`;
    await eventually("another connection is there", async () => {
      const [other] = await admin`select pid from pg_stat_activity
        where application_name = 'fleetpulse'`;
      return other !== undefined && other["pid"] !== first?.["pid"];
    });
    await admin.end();
    await becomes(loop, "connected");
  });
});

describe("a PostgreSQL that cannot be used says why:", () => {
  test("nobody listens", async () => {
    const port = await freePort();
    expect(await refusal(check(`postgres://u:p@127.0.0.1:${port}/db`))).toMatch(/ECONNREFUSED/);
  });

  test("the password is wrong, and it is not shown", async () => {
    const wrong = server.url.replace(server.password, "wrong-password");
    const error = await refusal(check(wrong), ["wrong-password"]);
    expect(error).toMatch(/password authentication failed/);
    expect(error).not.toContain("wrong-password");
  });

  test("the database does not exist", async () => {
    const url = server.url.replace(/\/postgres$/, "/absent");
    expect(await refusal(check(url))).toMatch(/database "absent" does not exist/);
  });

  test("the name does not resolve", async () => {
    expect(await refusal(check("postgres://u:p@no-such-host.invalid:5432/db"))).toBe(
      "the host name no-such-host.invalid does not resolve",
    );
  });

  test("the URL is none, and it is not shown", async () => {
    const error = await refusal(check("postgres:/u:hidden-word@h"));
    expect(error).toMatch(/no PostgreSQL URL/);
    expect(error).not.toContain("hidden-word");
  });

  test("it offers no TLS although the URL asks for it", async () => {
    expect(await refusal(check(`${server.url}?sslmode=require`))).toMatch(/offers no TLS/);
  });
});

describe("a PostgreSQL URL", () => {
  const accepted = [
    ["of a LiteLLM proxy, with parameters for its client", "?schema=public&connection_limit=10"],
    ["that prefers TLS, where there is none", "?sslmode=prefer"],
  ] as const;
  for (const [title, query] of accepted) {
    test(`${title}, is taken`, async () => {
      const loop = watch(check(`${server.url}${query}`));
      await becomes(loop, "connected");
      loop.stop();
    });
  }

  test("with a name is dialled at whichever of its addresses answers", async () => {
    const loop = watch(check(server.url.replace("127.0.0.1", "localhost")));
    await becomes(loop, "connected");
    loop.stop();
  });
});

describe("a PostgreSQL with TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleetpulse-tls-"));
  const certificate = join(folder, "server.crt");
  const key = join(folder, "server.key");
  const at = (query: string) => `${server.url.replace("127.0.0.1", "localhost")}?${query}`;

  beforeAll(async () => {
    selfSigned(certificate, key);
    await configure(`alter system set ssl_cert_file = '${certificate}'`);
    await configure(`alter system set ssl_key_file = '${key}'`);
    await configure("alter system set ssl = on");
    // It reads its settings anew in its own time.
    await eventually("new connections may be encrypted", async () => {
      const [row] = await server.query("show ssl");
      return row?.["ssl"] === "on";
    });
  });
  afterAll(async () => {
    await configure("alter system reset all");
    rmSync(folder, { recursive: true, force: true });
  });

  async function configure(statement: string): Promise<void> {
    const admin = postgres(server.url, { max: 1, onnotice: () => {} });
    await admin.unsafe(statement);
    await admin`select pg_reload_conf()`;
    await admin.end();
  }

  async function encrypted(url: string): Promise<boolean> {
    const loop = watch(check(url));
    let ssl: unknown = null;
    // A question that took too long has taken its connection with it; the next one opens another.
    await eventually("it has a connection", async () => {
      const [row] = await server.query(`select bool_or(ssl) as ssl from pg_stat_ssl
        join pg_stat_activity using (pid) where application_name = 'fleetpulse'`);
      ssl = row?.["ssl"] ?? null;
      return ssl !== null;
    });
    loop.stop();
    return ssl === true;
  }

  const encrypting = {
    "that says nothing": "",
    "that requires TLS": "sslmode=require",
    "that verifies against given certificates": `sslmode=verify-full&sslrootcert=${certificate}`,
  };
  for (const [title, query] of Object.entries(encrypting)) {
    test(`is asked over TLS by a URL ${title}`, async () => {
      expect(await encrypted(at(query))).toBe(true);
    });
  }

  test("is asked over TLS at an address too", async () => {
    expect(await encrypted(`${server.url}?sslmode=require`)).toBe(true);
  });

  test("whose certificate is for another host is refused by a URL that verifies the host", async () => {
    const url = `${server.url}?sslmode=verify-full&sslrootcert=${certificate}`;
    expect(await refusal(check(url))).toMatch(/ALTNAME/);
  });

  test("whose certificate is for another host is taken by a URL that verifies the issuer", async () => {
    expect(await encrypted(`${server.url}?sslmode=verify-ca&sslrootcert=${certificate}`)).toBe(
      true,
    );
  });

  test("whose certificate nobody vouches for is refused by a URL that verifies", async () => {
    expect(await refusal(check(at("sslmode=verify-full")))).toMatch(/self.signed/i);
  });
});

/** A certificate for localhost; the key is readable by the server alone, or it refuses it. */
function selfSigned(certificate: string, key: string): void {
  const made = Bun.spawnSync([
    binary("openssl"),
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"],
    ...["-keyout", key, "-out", certificate],
  ]);
  if (made.exitCode !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
  chmodSync(key, 0o600);
  chmodSync(join(certificate, ".."), 0o755);
  if (process.getuid?.() === 0) chownSync(key, 65_534, 65_534);
}
