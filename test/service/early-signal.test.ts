import { afterAll, expect, test } from "bun:test";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const folder = temporaryFolder("early-signal");
afterAll(() => removeFolder(folder));

/** Opens a named pipe for writing, when somebody reads it: null until then. */
function openForWriting(path: string): number | null {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s while the service starts ends it with exit code 0",
  async (signal) => {
    const file = join(folder, `${signal}.yaml`);
    expect(Bun.spawnSync(["mkfifo", file]).exitCode).toBe(0);
    const child = Bun.spawn([process.execPath, main, "--port", "0", "--config", file], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    let pipe: number | null = null;
    await eventually("it reads its configuration", () => {
      pipe = openForWriting(file);
      return pipe !== null;
    });
    if (pipe === null) throw new Error("nobody reads");
    child.kill(signal);
    writeSync(pipe, "model_list: []\nfleetpulse: {history: false}\n");
    closeSync(pipe);
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stdout).text()).not.toContain("listens on");
  },
  30_000,
);
