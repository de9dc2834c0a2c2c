// What runs the tests, run on small sets of tests of its own: the closing line, the exit code, and
// nothing left behind.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { advice, type BinaryName, binary, missingBinaries } from "./binaries.ts";
import { eventually, removeFolder, temporaryFolder } from "./process.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("inner");
});
afterEach(() => removeFolder(folder));

const boundMs = 60_000;
const passes = 'test("passes", () => {});';
const fails = 'test("fails", () => { throw new Error("as it must"); });';

/** Runs these tests as `bun run test` does. */
async function start(body: string, ...args: string[]) {
  await Bun.write(join(folder, "a.test.ts"), `import { test } from "bun:test";\n${body}`);
  return Bun.spawn([process.execPath, join(import.meta.dir, "../run.ts"), ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
}

async function run(body: string, ...args: string[]) {
  const child = await start(body, ...args);
  const lines = (await child.stdout.text()).trimEnd().split("\n");
  return { lastLine: lines.at(-1), exitCode: await child.exited };
}

const isAlive = (pid: number) =>
  /^[^Z]/.test(
    Bun.spawnSync([binary("ps"), "-o", "stat=", "-p", String(pid)])
      .stdout.toString()
      .trim(),
  );

describe("the run of the tests", () => {
  test(
    "ends with a line that counts them, and with 0 when all passed",
    async () => {
      expect(await run(passes)).toEqual({ lastLine: "1 passed, 0 failed", exitCode: 0 });
    },
    boundMs,
  );

  test(
    "ends with 1 when a test failed",
    async () => {
      const result = await run(`${passes}\n${fails}`);
      expect(result).toEqual({ lastLine: "1 passed, 1 failed", exitCode: 1 });
    },
    boundMs,
  );

  test(
    "fails when a file of tests cannot be loaded",
    async () => {
      expect((await run(`${passes}\nthrow new Error("at once");`)).exitCode).toBe(1);
    },
    boundMs,
  );

  test(
    "fails when there are no tests",
    async () => {
      expect((await run("export {};")).exitCode).toBe(1);
    },
    boundMs,
  );

  test(
    "hands further arguments on",
    async () => {
      const result = await run(`${passes}\n${fails}`, "--test-name-pattern", "passes");
      expect(result.exitCode).toBe(0);
    },
    boundMs,
  );

  const leaves = `
    import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
    import { tmpdir } from "node:os";
    test("leaves things behind", async () => {
      const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
      child.unref();
      writeFileSync(process.env.SEEN + ".new", child.pid + "\\n" + mkdtempSync(tmpdir() + "/left-"));
      renameSync(process.env.SEEN + ".new", process.env.SEEN);
      await Bun.sleep(Number(process.env.STAY_MS));
    }, 60_000);`;

  /** Runs a test that leaves a process and a folder behind; both must be gone in the end. */
  async function gone(
    stayMs: number,
    whenSeen: (child: { kill(signal: "SIGTERM"): void }) => void,
  ) {
    const seen = join(folder, "seen");
    const body = leaves
      .replaceAll("process.env.SEEN", JSON.stringify(seen))
      .replace("process.env.STAY_MS", `"${stayMs}"`);
    const child = await start(body);
    await eventually("the test runs", () => Bun.file(seen).exists());
    whenSeen(child);
    const exitCode = await child.exited;
    const [pid = "", left = ""] = readFileSync(seen, "utf8").split("\n");
    await eventually("its process is gone", () => !isAlive(Number(pid)));
    const hasFolder = Bun.spawnSync(["test", "-d", left]).exitCode === 0;
    return { exitCode, hasFolder };
  }

  test(
    "takes with it what the tests left behind",
    async () => {
      expect(await gone(0, () => {})).toEqual({ exitCode: 0, hasFolder: false });
    },
    boundMs,
  );

  test(
    "takes all with it when it is told to stop",
    async () => {
      const result = await gone(50_000, (child) => child.kill("SIGTERM"));
      expect(result).toEqual({ exitCode: 143, hasFolder: false });
    },
    boundMs,
  );
});

describe("what the tests need", () => {
  test("is all there", () => {
    expect(missingBinaries()).toEqual([]);
  });

  test("is named for both kinds of machine when it is not", () => {
    const names: BinaryName[] = ["initdb", "postgres", "redis"];
    expect(advice(names)).toBe(
      "install with `apt-get install postgresql redis-server` or `brew install postgresql redis`",
    );
  });
});
