// Exchanges with 500 names that no resolver answers for, beside names that it does, a database that is connected to anew and a file, in
// a process that asks the resolver of this file (dead-resolver.test.ts sees to it, or this file where it is given no port): prints
// what came of them as JSON.

import { setServers } from "node:dns";
import { postgresClients } from "../../src/connection/postgres-client.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute } from "../probe/target.ts";

const [port = "0", postgresUrl = ""] = process.argv.slice(2);
/** Longer than all that is well takes on a busy machine. */
const deadMs = 60_000;
const reconnects = 5;
/** Longer than any name is kept. */
const ageMs = 600_000;

/** Names that were asked for and got no answer. */
const unanswered = new Set<string>();
/** Answers A for names that begin with "ok"; for all others it is dead. */
const nameServer = await Bun.udpSocket({
  port: Number(port),
  hostname: "127.0.0.1",
  socket: {
    data(socket, query, clientPort, clientAddress) {
      const labelEnd = 13 + (query[12] ?? 0);
      const label = query.toString("latin1", 13, labelEnd);
      if (!label.startsWith("ok")) return void unanswered.add(label);
      const questionEnd = query.indexOf(0, 12) + 5;
      const isA = query.readUInt16BE(questionEnd - 4) === 1;
      const head = Buffer.from(query.subarray(0, 12));
      head.set([0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0], 2);
      const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 127, 0, 0, 1];
      const bytes = Buffer.concat([
        head,
        query.subarray(12, questionEnd),
        Buffer.from(isA ? answer : []),
      ]);
      socket.send(bytes, clientPort, clientAddress);
    },
  },
});
if (port === "0") setServers([`127.0.0.1:${nameServer.port}`]);
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });
let laterMs = 0;
const resolver = createResolver(undefined, () => performance.now() + laterMs);
const transport = createHttpTransport({ resolver, keep: keepNone });

async function ask(name: string, connectMs: number): Promise<string> {
  const { failure } = await transport.exchange(
    { method: "GET", url: `http://${name}:${server.port}/`, headers: {}, body: null },
    {
      deadlines: { connectMs, firstByteMs: connectMs, totalMs: connectMs },
      bodyBytesMax: 1024,
      route: directRoute,
    },
  );
  return failure?.class ?? "ok";
}

/** By a host that begins with "ok". */
const database = postgresClients({
  url: postgresUrl,
  resolver,
  connectionsMax: 1,
  connectTimeoutMs: 20_000,
});
async function connectAnew(): Promise<string> {
  // What was known of the name is out of date: it has to be asked for.
  laterMs += ageMs;
  const { sql, drop } = await database.open();
  const [row] = await sql`select 'ok' as answer`;
  drop();
  return String(row?.["answer"]);
}

await connectAnew();
let ended = 0;
for (let index = 0; index < 500; index += 1) {
  void ask(`dead-${index}.example`, deadMs).then(() => {
    ended += 1;
  });
}
const well: string[] = [];
for (let index = 0; index < 50; index += 1) well.push(await ask(`ok-${index}.example`, 20_000));
const connected: string[] = [];
for (let index = 0; index < reconnects; index += 1) connected.push(await connectAnew());
const file = await Bun.file(import.meta.path).text();
const count = (all: readonly string[], outcome: string) =>
  all.filter((one) => one === outcome).length;
console.log(
  JSON.stringify({
    well: count(well, "ok"),
    connectedAnew: count(connected, "ok"),
    fileRead: file.length > 0,
    dead: unanswered.size,
    /** Dead names whose outcome was there before all of that was done. */
    ended,
  }),
);
process.exit(0);
