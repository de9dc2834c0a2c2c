import { afterEach, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";
import { read } from "../../src/cli/reading.ts";
import { type Service, startService } from "../../src/cli/service.ts";
import { systemClock } from "../../src/clock.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const log = { info() {}, warn() {}, error() {} };
let service: Service | null = null;
afterEach(async () => {
  await service?.stop();
  service = null;
});

/** A service of which a test writes the configuration anew. */
async function start(
  text: string,
  environment: Record<string, string> = {},
): Promise<{ service: Service; write(next: string): void }> {
  let now = text;
  const source = {
    description: "a test",
    file: null,
    read: () => read({ file: "f", text: now, flags: { port: 0 }, environment, cores: 1 }),
    listening() {},
    stop: async () => {},
  };
  const started = await startService(source, systemClock, log);
  service = started;
  return {
    service: started,
    write(next) {
      now = next;
    },
  };
}

describe("how long stopping may take", () => {
  test("follows the configuration that runs, not the one that it began with", async () => {
    const config = (seconds: number) =>
      `model_list: []\nfleetpulse: {history: false, shutdown_timeout: ${seconds}}\n`;
    const { service: running, write } = await start(config(1));
    expect(running.stopTimeoutMs).toBe(1000);
    write(config(3));
    expect(await running.reload()).toBe(true);
    expect(running.stopTimeoutMs).toBe(3000);
  });
});

test("a database that does not answer does not keep the service from starting", async () => {
  const folder = temporaryFolder("slow-database");
  const database = createServer(() => {});
  await new Promise<void>((resolve) => database.listen(0, "127.0.0.1", resolve));
  const { port } = database.address() as { port: number };
  const file = join(folder, "history.sqlite");
  // Long enough for the serving thread to be there before anything is known of the database.
  const settings = `sqlite_file: "${file}", service_timeout: 2, shutdown_timeout: 0`;
  const { service: running } = await start(`model_list: []\nfleetpulse: {${settings}}\n`, {
    DATABASE_URL: `postgresql://nobody:secret@127.0.0.1:${port}/none?sslmode=disable`,
  });
  const response = await fetch(new URL("health/liveliness", running.url), { keepalive: false });
  expect(response.status).toBe(200);
  await running.stop();
  service = null;
  database.close();
  removeFolder(folder);
}, 60_000);
