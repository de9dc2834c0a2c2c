// Recorder threads that do not do as they should, by the name of their node: `mute` answers nothing; `throws` and `exits` do
// so while they record, the first time that their file is not marked.

import { existsSync, writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { RecorderStart } from "../../src/history/messages.ts";
import { runRecorder } from "../../src/history/thread.ts";

const start = workerData as RecorderStart;
const { nodeName, sqliteFile } = start.settings;
if (parentPort === null) throw new Error("this is a worker");

if (nodeName === "mute") {
  parentPort.postMessage({ type: "ready", thread: null });
  parentPort.on("message", () => {});
} else {
  runRecorder(parentPort, start);
  const mark = `${sqliteFile}.marked`;
  if (!existsSync(mark)) {
    setTimeout(() => {
      writeFileSync(mark, "");
      if (nodeName === "throws") throw new Error("a defect");
      if (nodeName === "exits") process.exit(3);
    }, 700);
  }
}
