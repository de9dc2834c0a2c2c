// One exchange in a process of its own: `bun one-exchange.ts URL TOTAL_MS [exhausted]` prints how it ended, and must then end
// by itself. `exhausted` takes every file descriptor first.

import { openSync, writeSync } from "node:fs";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute } from "../probe/target.ts";

const [url = "", totalMs = "1000", exhausted] = process.argv.slice(2);
const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
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
      route: directRoute,
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
