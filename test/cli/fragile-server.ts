// A serving thread that dies when the file is there that FLEETPULSE_TEST_BREAK names; its successor lives. Where there is also one
// of that name with `.taken`, the port that stands in it is somebody else's for as long as the file is there.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { ServerStart } from "../../src/server/messages.ts";
import { runServer } from "../../src/server/thread.ts";

const file = process.env["FLEETPULSE_TEST_BREAK"] ?? "";
const takenFile = `${file}.taken`;
if (parentPort === null) throw new Error("this is the entry of a thread");
const other = existsSync(takenFile)
  ? Bun.serve({
      hostname: "127.0.0.1",
      port: Number(readFileSync(takenFile, "utf8")),
      fetch: () => new Response("", { status: 418 }),
    })
  : null;
runServer(parentPort, workerData as ServerStart);
setInterval(() => {
  if (!existsSync(takenFile)) void other?.stop(true);
  if (!existsSync(file)) return;
  rmSync(file);
  throw new Error("broken on purpose");
}, 5);
