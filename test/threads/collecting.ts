// A process that collects garbage, puts those that help it behind, and says how the priorities of its threads stand then, by name.

import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { ownThreads } from "../../src/threads/own-threads.ts";
import { collectorsYield } from "../../src/threads/priority.ts";

const triesMax = 200;
const threads = () =>
  readdirSync("/proc/self/task").map((thread) => ({
    thread: Number(thread),
    name: readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim(),
  }));
const hasCollectors = () => threads().some(({ name }) => name === "HeapHelper");

let garbage: object[] = [];
for (let tries = 0; tries < triesMax && !hasCollectors(); tries += 1) {
  garbage = Array.from({ length: 100_000 }, (_, number) => ({ number }));
  Bun.gc(true);
}
collectorsYield(ownThreads());
const priorities = threads().map(({ thread, name }) => [name, getPriority(thread)]);
console.log(JSON.stringify({ kept: garbage.length > 0, priorities }));
