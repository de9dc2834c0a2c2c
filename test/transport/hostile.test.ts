import { afterAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { deadlinesFor, directRoute, longDeadlines, target } from "../probe/target.ts";
import {
  type HostileKind,
  hostileKinds,
  startHostile,
  startSelfSigned,
} from "../provider/hostile.ts";
import { eventually } from "../servers/process.ts";

const ask = createProber({
  transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
  bodyBytesMax: 64 * 1024,
  clock: systemClock,
});

const expected: Readonly<Record<HostileKind, OutcomeClass>> = {
  "never answers": "timeout_first_byte",
  "closes before it answers": "reset",
  "resets the connection": "reset",
  "answers like an SSH server": "protocol",
  "answers with random bytes": "protocol",
  "closes in the middle of the body": "reset",
  "sends a broken chunk": "protocol",
  "drips its headers": "timeout_first_byte",
  "drips its body": "timeout_total",
  "sends headers without end": "protocol",
  "says 100 Continue for ever": "timeout_first_byte",
  "redirects to itself": "protocol",
  "sends a gzip bomb": "protocol",
  "sends a body without end": "protocol",
  "answers 200 with HTML": "protocol",
  "answers 204": "protocol",
  "answers with status 999": "protocol",
};

describe("an upstream that", () => {
  for (const kind of hostileKinds) {
    test(`${kind} ends as ${expected[kind]}, and its connection is closed`, async () => {
      const server = startHostile(kind);
      const { outcome } = await ask({
        target: target({ baseUrl: server.url }),
        deadlines: deadlinesFor(expected[kind]),
      });
      expect(outcome.class).toBe(expected[kind]);
      expect(outcome.text).not.toBe("");
      await eventually("the connection is closed", () => server.open() === 0);
      server.stop();
    });
  }

  test("refuses connections ends as connect", async () => {
    const server = startHostile("never answers");
    server.stop();
    const { outcome } = await ask({
      target: target({ baseUrl: server.url }),
      deadlines: longDeadlines,
    });
    expect(outcome.class).toBe("connect");
  });

  test("has a name that does not resolve ends as dns", async () => {
    const baseUrl = "http://no-such-host.invalid/v1";
    const { outcome } = await ask({ target: target({ baseUrl }), deadlines: longDeadlines });
    expect(outcome.class).toBe("dns");
  });

  test("speaks plain HTTP where TLS is expected ends as tls", async () => {
    const server = startHostile("answers 200 with HTML");
    const baseUrl = server.url.replace("http:", "https:");
    const { outcome } = await ask({ target: target({ baseUrl }), deadlines: longDeadlines });
    expect(outcome.class).toBe("tls");
    server.stop();
  });
});

describe("a certificate that nobody trusts", () => {
  const server = startSelfSigned();
  afterAll(() => server.stop());

  test("ends as tls, and says why", async () => {
    const { outcome } = await ask({
      target: target({ baseUrl: server.url }),
      deadlines: longDeadlines,
    });
    expect(outcome.class).toBe("tls");
    expect(outcome.text).toMatch(/self.signed|SELF_SIGNED/i);
  });

  test("is accepted when verification is switched off, and the handshake is measured", async () => {
    const subject = target({ baseUrl: server.url, route: { ...directRoute, verifyTls: false } });
    const { outcome } = await ask({ target: subject, deadlines: longDeadlines });
    expect(outcome.class).toBe("ok");
    expect(outcome.phases.tlsMs).toBeGreaterThan(0);
  });
});
