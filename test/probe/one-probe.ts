// One exchange in a process of its own: `bun one-probe.ts URL TOTAL_MS [exhausted]` prints how it ended, and must then end
// by itself. `exhausted` takes every file descriptor first.

import { openSync, writeSync } from "node:fs";
import { createHttpTransport } from "../../src/probe/http-transport.ts";
import { createResolver } from "../../src/probe/resolver.ts";

const [url = "", totalMs = "1000", exhausted] = process.argv.slice(2);
const transport = createHttpTransport({ resolver: createResolver() });
const ask = () =>
  transport.exchange(
    { method: "POST", url, headers: {}, body: "{}" },
    {
      deadlines: {
        connectMs: Number(totalMs),
        firstByteMs: Number(totalMs),
        totalMs: Number(totalMs),
      },
      bodyBytesMax: 65_536,
      verifyTls: true,
    },
  );

if (exhausted !== undefined) {
  await ask();
  try {
    while (openSync("/dev/null", "r") > 0);
  } catch {
    // None is left: what was to be done.
  }
}
const { failure } = await ask();
writeSync(1, `${failure?.class ?? "answered"}\n`);
