// The Dockerfile by rule: what an engine would refuse, and what an operator should not have to find out.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { readDockerfile } from "./dockerfile.ts";
import { contextFilter } from "./image.ts";

const root = join(import.meta.dir, "../..");
const text = readFileSync(join(root, "Dockerfile"), "utf8");
const stages = readDockerfile(text);
const last = stages.at(-1)?.steps ?? [];
const step = (keyword: string) => last.find((one) => one.keyword === keyword);

describe("the Dockerfile", () => {
  test("has no mistake that a linter finds", () => {
    const found = validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    expect(found).toEqual([]);
  });

  test("builds on the version of Bun that package.json names", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      packageManager: string;
    };
    const version = manifest.packageManager.replace("bun@", "");
    const tags = stages.map(({ base }) => base.replace(/-(?:slim|distroless)$/, ""));
    expect(new Set(tags)).toEqual(new Set([`oven/bun:${version}`]));
  });

  test("leaves it to the key whether others than the container itself are answered", () => {
    const set = last.filter(({ keyword }) => keyword === "ENV").flatMap(({ words }) => words);
    expect(set.filter((word) => word.startsWith("HOST="))).toEqual([]);
  });

  test("ends in a user that is not root, by number", () => {
    expect(step("USER")?.words[0]).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test("needs no shell: every command is in exec form", () => {
    const commands = stages
      .flatMap(({ steps }) => steps)
      .filter(({ keyword }) => /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword));
    expect(commands.filter(({ exec }) => exec === null)).toEqual([]);
    expect(step("ENTRYPOINT")?.exec).toEqual(["/usr/local/bin/bun", "/app/src/main.ts"]);
  });

  test("checks health with this program, within the deadline that the engine has", () => {
    const check = step("HEALTHCHECK");
    expect(check?.exec).toEqual(["/usr/local/bin/bun", "/app/src/cli/healthcheck.ts"]);
    const source = readFileSync(join(root, "src/cli/healthcheck.ts"), "utf8");
    const deadlineMs = Number(/deadlineMs = (\d+)/.exec(source)?.[1]);
    expect(deadlineMs).toBeLessThan(1000 * Number(check?.flags.get("timeout")?.replace("s", "")));
  });

  test("keeps what the service writes on a volume of the image's user", () => {
    expect(step("VOLUME")?.words).toEqual(["/data"]);
    const copies = last.filter(({ keyword, words }) => keyword === "COPY" && words[1] === "/data");
    expect(copies.map(({ flags }) => flags.get("chown"))).toEqual([step("USER")?.words[0]]);
  });

  test("copies only what is there", () => {
    const isKept = contextFilter(root);
    const absent = stages
      .flatMap(({ steps }) => steps)
      .filter(({ keyword, flags }) => keyword === "COPY" && !flags.has("from"))
      .flatMap(({ words }) => words.slice(0, -1))
      .filter((name) => !existsSync(join(root, name)) || !isKept(join(root, name)));
    expect(absent).toEqual([]);
  });

  test("gets nothing from .dockerignore that is private, foreign or large", () => {
    const isKept = contextFilter(root);
    const kept = [
      ...[".git/config", "node_modules/elysia/package.json", "data/fleetpulse.sqlite"],
      ...["config.yaml", ".env", "fleetpulse.sqlite", "deploy/.env", "test/run.ts", "README.md"],
    ].filter((name) => isKept(join(root, name)));
    expect(kept).toEqual([]);
    expect(isKept(join(root, "src/families/openai.ts"))).toBe(true);
  });
});
