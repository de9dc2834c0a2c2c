import { afterEach, describe, expect, test } from "bun:test";
import { read } from "../../src/cli/reading.ts";
import { type Service, startService } from "../../src/cli/service.ts";
import { systemClock } from "../../src/clock.ts";

const log = { info() {}, warn() {}, error() {} };
let service: Service | null = null;
afterEach(async () => {
  await service?.stop();
  service = null;
});

/** A service of which a test writes the configuration anew. */
async function start(text: string): Promise<{ service: Service; write(next: string): void }> {
  let now = text;
  const source = {
    description: "a test",
    file: null,
    read: () => read({ file: "f", text: now, flags: { port: 0 }, environment: {}, cores: 1 }),
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
