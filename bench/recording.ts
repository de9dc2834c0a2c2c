// A recorder under load as a process of its own: a table whose rows a thread writes at a given pace, the recorder beside it, and the
// server that answers meanwhile. bun bench/recording.ts OUTCOMES_PER_SECOND SQLITE_FILE [DATABASE_URL]; a line on standard input ends it
// and prints what was recorded.

import { Worker } from "node:worker_threads";
import { Elysia } from "elysia";
import { membersOf, recordHistory } from "../src/cli/history.ts";
import { createLog } from "../src/cli/log.ts";
import { systemClock } from "../src/clock.ts";
import { parseConfig } from "../src/config/read.ts";
import { uniformConfig } from "../src/demo/fleet.ts";
import { createRegistry } from "../src/registry/registry.ts";
import { resolveDeployments } from "../src/registry/resolve.ts";
import { livelinessRoutes } from "../src/server/liveliness.ts";
import { createTable } from "../src/table/table.ts";
import { takeShortSlices } from "../src/threads/short-slice.ts";

const deployments = 10_000;
const [perSecond = "0", sqliteFile = ":memory:", databaseUrl] = process.argv.slice(2);

const text = uniformConfig({
  url: "http://127.0.0.1:9",
  count: deployments,
  settings: { sqlite_file: `"${sqliteFile}"` },
});
const environment = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
const config = parseConfig(text, { file: "bench", flags: {}, environment, cores: 2 });
const resolved = resolveDeployments(config.entries, config.settings, config.environment);
const registry = createRegistry();
registry.replace(resolved.deployments);
const table = createTable(deployments);
const log = createLog((line) => process.stderr.write(line), systemClock.wallMs);
const members = membersOf(registry);
const { settings } = config;
const history = recordHistory({ settings, table, clock: systemClock, log, onThread: () => {} });
history.follow(members);

takeShortSlices();
// The route alone: the rest of the server has no part in what is measured.
const { server } = new Elysia()
  .use(livelinessRoutes())
  .listen({ hostname: "127.0.0.1", port: 0, reusePort: false });

const writer = new Worker(new URL("row-writer.ts", import.meta.url), {
  workerData: {
    handle: table.handle,
    identities: members.slice(0, members.length).map(({ identity }) => identity),
    perSecond: Number(perSecond),
  },
});
while (!history.state().initialized) await Bun.sleep(10);
console.log(`ready on ${server?.url}`);

for await (const _line of console) {
  const made = await new Promise<number>((resolve) => {
    writer.once("message", resolve);
    writer.postMessage("stop");
  });
  const { waiting } = history.state();
  await history.stop(30_000);
  const { written, dropped, unseen } = history.state();
  const cpu = process.cpuUsage();
  console.log(
    JSON.stringify({
      made,
      written,
      dropped,
      unseen,
      waiting,
      cpuMs: (cpu.user + cpu.system) / 1000,
    }),
  );
  process.exit(0);
}
