import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { secretsOf } from "../../src/connection/connection-url.ts";
import { readPostgresUrl } from "../../src/connection/postgres-url.ts";
import { readRedisUrl } from "../../src/connection/redis-url.ts";

describe("a PostgreSQL URL", () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      "has a host, a port, a user, a password and a database",
      "postgresql://me:pw@db.example:6543/app",
      { host: "db.example", port: 6543, user: "me", password: "pw", database: "app", path: null },
    ],
    [
      "that leaves things out has libpq's defaults",
      "postgres://db.example",
      { host: "db.example", port: 5432, user: "postgres", database: "postgres", tls: "prefer" },
    ],
    ["has encoded characters", "postgres://me:p%40w%2F@h/d", { password: "p@w/" }],
    ["with a bare % means it", "postgres://me:50%@h/d", { password: "50%" }],
    ["has an IPv6 address in brackets", "postgres://[::1]:5433/d", { host: "::1", port: 5433 }],
    [
      "has a socket's folder as a parameter",
      "postgres://me:pw@/d?host=/run/pg",
      { host: null, path: "/run/pg/.s.PGSQL.5432", tls: "disable", database: "d" },
    ],
    [
      "has a socket's folder behind a host that does not count",
      "postgres://me:pw@localhost/d?host=/cloudsql/a:b:c",
      { host: null, path: "/cloudsql/a:b:c/.s.PGSQL.5432" },
    ],
    ["has a socket's folder as an encoded host", "postgres://%2Frun%2Fpg/d", { host: null }],
    ["requires TLS", "postgres://h/d?sslmode=require", { tls: "require" }],
    ["requires TLS by another name", "postgres://h/d?ssl=true", { tls: "require" }],
    [
      "with certificates to trust checks against them",
      "postgres://h/d?sslmode=require&sslrootcert=/ca.pem",
      { tls: "verify-ca", rootCertificateFile: "/ca.pem" },
    ],
    ["leaves the schema to the server", "postgres://h/d", { schema: null }],
    ["names a schema in Prisma's words", "postgres://h/d?schema=litellm", { schema: "litellm" }],
    ["is strict in Prisma's words", "postgres://h/d?sslaccept=strict", { tls: "verify-full" }],
    ["with an unknown word about TLS requires it", "postgres://h/d?sslmode=on", { tls: "require" }],
  ];
  for (const [title, url, place] of cases) {
    test(title, () => expect(readPostgresUrl(url)).toMatchObject(place));
  }
});

describe("a Redis URL", () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      "has a host, a port, a user, a password and a database",
      "redis://me:p%40w@cache:6380/2",
      { host: "cache", port: 6380, username: "me", password: "p@w", database: 2, tls: false },
    ],
    [
      "that leaves things out has the defaults",
      "redis://cache",
      { port: 6379, username: null, password: null, database: 0 },
    ],
    ["has an IPv6 address in brackets", "redis://[::1]:6380", { host: "::1", port: 6380 }],
    ["has TLS", "rediss://cache", { tls: true, verifyTls: true }],
    ["has TLS unchecked", "rediss://cache?ssl_cert_reqs=none", { tls: true, verifyTls: false }],
    [
      "has a socket",
      "unix:///run/redis.sock?db=4&password=pw",
      { host: null, path: "/run/redis.sock", database: 4, password: "pw" },
    ],
  ];
  for (const [title, url, place] of cases) {
    test(title, () => expect(readRedisUrl(url)).toMatchObject(place));
  }
});

describe("whatever stands for a URL", () => {
  const readers = { PostgreSQL: readPostgresUrl, Redis: readRedisUrl };
  const schemes = fc.constantFrom("", "postgres://", "postgresql://", "redis://", "unix://");
  for (const [service, read] of Object.entries(readers)) {
    test(`is read by ${service} or refused without being shown`, () => {
      fc.assert(
        fc.property(schemes, fc.string({ unit: "grapheme", minLength: 8 }), (scheme, rest) => {
          try {
            read(scheme + rest);
          } catch (error) {
            expect(String(error)).toMatch(/this is no (PostgreSQL|Redis) URL/);
          }
        }),
      );
    });
  }

  test("its password is known as a secret, as written and as meant", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (password) => {
        const written = encodeURIComponent(password);
        expect(secretsOf(`postgres://me:${written}@h/d`)).toContain(password);
      }),
    );
  });
});
