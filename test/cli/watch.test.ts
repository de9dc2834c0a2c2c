import { afterEach, expect, test } from "bun:test";
import { renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileWatch, watchFiles } from "../../src/cli/watch.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

let watch: FileWatch | null = null;
let folder = "";
afterEach(() => {
  watch?.stop();
  removeFolder(folder);
});

/** A watched file that was written long before it was read. */
function watched() {
  folder = temporaryFolder("watch");
  const file = join(folder, "config.yaml");
  writeFileSync(file, "a");
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(file, longAgo, longAgo);
  let changes = 0;
  watch = watchFiles(() => {
    changes += 1;
  }, 5);
  watch.set([file], Date.now());
  return { file, watch, changes: () => changes };
}

test("a file that is written is seen, once", async () => {
  const { file, changes } = watched();
  writeFileSync(file, "longer");
  await eventually("the change is seen", () => changes() === 1);
  await Bun.sleep(30);
  expect(changes()).toBe(1);
});

test("a file that is being written is told of when it stays as it is", async () => {
  const { file, changes } = watched();
  // In every turn of the loop, so that no two looks find the same.
  for (let turn = 0, startMs = Date.now(); Date.now() - startMs < 100; turn += 1) {
    writeFileSync(file, "x".repeat(turn % 1000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(changes()).toBe(0);
  await eventually("the change is seen", () => changes() === 1);
});

test("a file that is exchanged by a rename is seen", async () => {
  const { file, changes } = watched();
  writeFileSync(`${file}.new`, "b");
  renameSync(`${file}.new`, file);
  await eventually("the change is seen", () => changes() > 0);
});

test("a symbolic link that points elsewhere now is seen", async () => {
  const { file, changes } = watched();
  writeFileSync(join(folder, "other"), "another");
  unlinkSync(file);
  symlinkSync(join(folder, "other"), file);
  await eventually("the change is seen", () => changes() > 0);
});

test("a change that comes while the files are being read is not lost", async () => {
  const { file, watch: watching, changes } = watched();
  const readAtMs = Date.now();
  writeFileSync(file, "changed while reading");
  watching.set([file], readAtMs);
  await eventually("the change is seen", () => changes() > 0);
});

test("a change of a new file between reading and watching it is not lost", async () => {
  const { file, watch: watching, changes } = watched();
  const included = join(folder, "included.yaml");
  const readAtMs = Date.now() - 1000;
  writeFileSync(included, "changed after it was read");
  watching.set([file, included], readAtMs);
  await eventually("the change is seen", () => changes() > 0);
});

test("a file that is gone for a moment is no change", async () => {
  const { file, changes } = watched();
  unlinkSync(file);
  await Bun.sleep(30);
  expect(changes()).toBe(0);
});
