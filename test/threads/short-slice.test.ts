// The kernel's part is the kernel's; what is ours is to ask where it may be asked, and to leave a choice of the operator alone.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const module = join(import.meta.dir, "../../src/threads/short-slice.ts");
const program = `const { takeShortSlices } = await import(${JSON.stringify(module)}); console.log(takeShortSlices())`;
const saysOf = (command: readonly string[]) =>
  Bun.spawnSync([...command, process.execPath, "--eval", program], { stdin: "ignore" })
    .stdout.toString()
    .trim();

describe.skipIf(process.platform !== "linux")("short slices", () => {
  test("are taken by a thread with the usual policy, whatever its priority", () => {
    expect(saysOf([])).toBe("true");
    expect(saysOf(["nice", "-n", "5"])).toBe("true");
  });

  test.skipIf(Bun.which("chrt") === null)("are left where a policy was chosen for it", () => {
    expect(saysOf(["chrt", "--batch", "0"])).toBe("false");
  });
});
