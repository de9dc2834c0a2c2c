// What a user of Redis' needs to be allowed is what the README says: replicas do all that they do as such a user, and use all of it.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { keysOf as redisKeysOf } from "../../src/cluster/keys.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { readSnapshot } from "../../src/cluster/snapshot.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { eventually } from "../servers/process.ts";
import { startRedis } from "../servers/redis.ts";
import { anyName, divided, fleetOf, keysOf, startReplica } from "./replicas.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const rules = (/^ACL SETUSER fleetpulse (.*)$/m.exec(readme)?.[1] ?? "").split(" ");
const allowed = rules.flatMap((rule) => (rule.startsWith("+") ? rule.slice(1) : []));
/** Of the connection itself, and the test's own. */
const aside = ["auth", "hello", "acl|setuser", "info", "set", "command"];

test("a user with the commands, keys and channels of the README is enough, and none of them is too much", async () => {
  expect(allowed.length).toBeGreaterThan(10);
  const server = await startRedis();
  const admin = new Redis(server.url, { disableClientInfo: true, enableReadyCheck: false });
  const user = rules.filter((rule) => !rule.startsWith(">"));
  await admin.call("ACL", "SETUSER", "fleetpulse", ">long-password", ...user);
  const url = new URL(server.url);
  url.username = "fleetpulse";
  url.password = "long-password";
  url.pathname = "/1";
  const name = anyName();
  const one = await startReplica({ url: url.href, name });
  await eventually("it has joined", () => one.cluster.state().joined);
  const names = redisKeysOf(name, one.cluster.state().fingerprint ?? "", 40, 1);
  // What is none is put right.
  await admin.select(1);
  await admin.set(names.rows[0] ?? "", "no hash");
  const two = await startReplica({ url: url.href, name });
  await divided([one, two], keysOf(40));
  const key = two.ours()[0] ?? "";
  two.ask(key, { text: "told" });
  await eventually("a row is told", () => one.row(key).text === "told");
  one.cluster.send({ type: "probe", slots: [one.slotOf(key)], wanted: "usual" });
  await eventually("an order arrives", () => two.orders.length > 0);
  const three = await startReplica({ url: url.href, name });
  await eventually("a row is read", () => three.row(key).text === "told");
  expect(one.cluster.state()).toMatchObject({ joined: true, error: null });
  await Promise.all([one, two, three].map((replica) => replica.stop()));

  const stats = await admin.info("commandstats");
  const used = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, command]) => command ?? "");
  expect(used.filter((one) => !aside.includes(one)).sort()).toEqual([...allowed].sort());
  const refused = [...stats.matchAll(/^cmdstat_([^:]+):.*rejected_calls=[1-9]/gm)];
  expect(refused.map(([, command]) => command)).toEqual([]);
  admin.disconnect();
  await server.stop();
}, 60_000);

test("rows that a user may not read are no empty ones", async () => {
  const server = await startRedis();
  const client = new Redis(server.url);
  const registry = createRegistry();
  registry.replace(fleetOf(3));
  const index = await indexSlots(registry, () => true);
  if (index === null) throw new Error("there is no index");
  const read = () =>
    readSnapshot({
      session: {
        ask: (command, ...args) => client.callBuffer(command, ...args),
        async ping() {},
        end() {},
      },
      ...{ index, fleet: registry, keys: redisKeysOf("c", index.fingerprint, 3) },
      wants: () => true,
      isWanted: () => true,
      onRow: () => {},
    });
  await read();
  await client.call("ACL", "SETUSER", "default", "-hstrlen");
  const refusal = await read().catch((error: Error) => error.message);
  expect(refusal).toMatch(/permission|NOPERM|can't run/i);
  client.disconnect();
  await server.stop();
}, 60_000);
