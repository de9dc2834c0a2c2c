// One client under load, in a process of its own with as many threads as asked for:
// bun bench/transport/asker.ts CLIENT PORT IN_FLIGHT THREADS SECONDS [CA_FILE] prints requests a second and CPU a request.

import { isMainThread, Worker, workerData } from "node:worker_threads";
import { type ClientName, clients } from "./clients.ts";

interface Order {
  readonly client: ClientName;
  readonly port: number;
  readonly caFile: string | null;
  readonly inFlight: number;
  readonly answered: SharedArrayBuffer;
  readonly thread: number;
}

/** After the first answers; until then the compiler is at work on what is asked of it most. */
const warmMs = 1500;

function run({ client, port, caFile, inFlight, answered, thread }: Order): void {
  const counts = new Int32Array(answered);
  clients[client]({ port, caFile }, inFlight, () => {
    counts[thread] = (counts[thread] ?? 0) + 1;
  });
}

if (isMainThread) {
  const [client, port, inFlight, threads, seconds, caFile] = process.argv.slice(2);
  const count = Number(threads);
  const answered = new SharedArrayBuffer(4 * count);
  const sum = () => new Int32Array(answered).reduce((total, one) => total + one, 0);
  for (let thread = 0; thread < count; thread += 1) {
    const order: Order = {
      client: client as ClientName,
      port: Number(port),
      caFile: caFile ?? null,
      inFlight: Math.ceil(Number(inFlight) / count),
      answered,
      thread,
    };
    if (count === 1) run(order);
    else new Worker(new URL(import.meta.url), { workerData: order });
  }
  // Connections are made and the compiler is done before anything is counted.
  const warmUntilMs = performance.now() + 15_000;
  while (sum() < Number(inFlight) * 3 && performance.now() < warmUntilMs) await Bun.sleep(20);
  await Bun.sleep(warmMs);
  const before = sum();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await Bun.sleep(Number(seconds) * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const requests = sum() - before;
  console.log(
    JSON.stringify({
      perSecond: (requests / (performance.now() - startMs)) * 1000,
      cpuMicros: requests === 0 ? null : (user + system) / requests,
    }),
  );
  process.exit(0);
} else {
  run(workerData as Order);
}
