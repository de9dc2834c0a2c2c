import { describe, expect, test } from "bun:test";
import type { Clock } from "../../src/clock.ts";
import type { Issued } from "../../src/logins/credential.ts";
import { createLogins } from "../../src/logins/logins.ts";
import { loginOf } from "./token-host.ts";

let nowMs = 0;
const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => nowMs };
const login = loginOf({
  model: "databricks/m",
  api_base: "https://w.example",
  client_id: "c",
  client_secret: "s",
});

function granted(serial: string, freshMs = 60_000): Issued {
  const credential = { kind: "token", token: `token-${serial}` } as const;
  return { result: { kind: "granted", credential, serial, options: {} }, freshMs };
}

/** A keeper, and the times that it fetched, each ended by the test. */
function keeper() {
  nowMs = 0;
  const fetches: { refused: string | null; end: (issued: Issued) => void }[] = [];
  const logins = createLogins(
    (_login, refused) => new Promise((end) => fetches.push({ refused, end })),
    clock,
  );
  const serial = async () => {
    const result = await logins.result(login);
    return result.kind === "granted" ? result.serial : result.class;
  };
  return { logins, fetches, serial };
}

describe("a credential", () => {
  test("is fetched once, however many deployments wait for it", async () => {
    const { fetches, serial } = keeper();
    const waiting = Array.from({ length: 1000 }, serial);
    fetches[0]?.end(granted("1"));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["1"]));
    expect(fetches).toHaveLength(1);
  });

  test("is kept for as long as it is fresh, and then fetched anew", async () => {
    const { fetches, serial } = keeper();
    const first = serial();
    fetches[0]?.end(granted("1", 60_000));
    await first;
    nowMs = 59_999;
    expect(await serial()).toBe("1");
    nowMs = 60_000;
    const second = serial();
    fetches[1]?.end(granted("2"));
    expect(await second).toBe("2");
  });

  test("that cannot be had is not asked for again until the failure is old", async () => {
    const { fetches, serial } = keeper();
    const first = serial();
    fetches[0]?.end({ result: { kind: "denied", class: "auth", text: "no" }, freshMs: 10_000 });
    expect(await first).toBe("auth");
    nowMs = 9_999;
    expect(await serial()).toBe("auth");
    expect(fetches).toHaveLength(1);
    nowMs = 10_000;
    void serial();
    expect(fetches).toHaveLength(2);
  });

  test("that a provider refused is fetched anew, and whoever fetches is told which it was", async () => {
    const { logins, fetches, serial } = keeper();
    const first = serial();
    fetches[0]?.end(granted("1", 3_600_000));
    await first;
    nowMs = 30_000;
    logins.refuse(login, "1");
    const second = serial();
    expect(fetches[1]?.refused).toBe("1");
    fetches[1]?.end(granted("2"));
    expect(await second).toBe("2");
  });

  test("that is refused although it is new stays: another would be refused as well", async () => {
    const { logins, fetches, serial } = keeper();
    const first = serial();
    fetches[0]?.end(granted("1", 3_600_000));
    await first;
    nowMs = 29_999;
    logins.refuse(login, "1");
    expect(await serial()).toBe("1");
  });

  test("that another thread refused is fetched once for all threads", async () => {
    const { logins, fetches } = keeper();
    const first = logins.issue(login, null);
    fetches[0]?.end(granted("1", 3_600_000));
    await first;
    nowMs = 60_000;
    const both = [logins.issue(login, "1"), logins.issue(login, "1")];
    fetches[1]?.end(granted("2", 3_600_000));
    await Promise.all(both);
    const late = await logins.issue(login, "1");
    expect(late.result).toMatchObject({ serial: "2" });
    expect(fetches).toHaveLength(2);
  });
});
