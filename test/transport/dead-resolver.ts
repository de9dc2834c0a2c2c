// Exchanges with 500 names that no resolver answers for beside names that it does, in a process whose /etc/resolv.conf names the
// resolver of this file (dead-resolver.test.ts sees to it): prints what came of them as JSON.

import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute } from "../probe/target.ts";

const port = Number(process.argv[2]);

/** Answers A for names that begin with "ok"; for all others it is dead. */
await Bun.udpSocket({
  port,
  hostname: "127.0.0.1",
  socket: {
    data(socket, query, clientPort, clientAddress) {
      const labelEnd = 13 + (query[12] ?? 0);
      if (!query.toString("latin1", 13, labelEnd).startsWith("ok")) return;
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
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });
const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });

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

let ended = 0;
const dead = Array.from({ length: 500 }, async (_, index) => {
  const outcome = await ask(`dead-${index}.example`, 2500);
  ended += 1;
  return outcome;
});
const well: string[] = [];
for (let index = 0; index < 50; index += 1) well.push(await ask(`ok-${index}.example`, 20_000));
const file = await Bun.file(import.meta.path).text();
const endedBefore = ended;
const count = (all: readonly string[], outcome: string) =>
  all.filter((one) => one === outcome).length;
console.log(
  JSON.stringify({
    well: count(well, "ok"),
    fileRead: file.length > 0,
    /** Dead names whose outcome was there before all of that was done. */
    endedBefore,
    dead: count(await Promise.all(dead), "dns"),
  }),
);
process.exit(0);
