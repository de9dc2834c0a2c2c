// A thread that yields and says how its priority stands then.

import { getPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { yieldToServer } from "../../src/threads/priority.ts";

yieldToServer();
parentPort?.postMessage(getPriority(0));
