import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments, usage } from "../../src/cli/arguments.ts";
import { firstScreen } from "../../src/cli/screen.ts";

const screen = {
  version: "1.2.3",
  url: new URL("http://0.0.0.0:4000/"),
  source: "probing the deployments of config.yaml",
  deployments: 12,
  groups: 3,
  threads: 1,
  notProbed: 2,
  needsKey: true,
  publicRoutes: [],
};

describe("the first screen", () => {
  test("shows the address, the counts and three commands that can be pasted", () => {
    const text = firstScreen(screen);
    expect(text).toContain("Fleetpulse 1.2.3 listens on http://0.0.0.0:4000");
    expect(text).toContain(
      "12 deployments in 3 model groups, 2 of them not probed (see /health), 1 prober thread\n",
    );
    expect(
      text.match(
        /curl -H "Authorization: Bearer \$LITELLM_MASTER_KEY" http:\/\/127\.0\.0\.1:4000\//g,
      ),
    ).toHaveLength(3);
  });

  test("shows no header where no key is needed", () => {
    const text = firstScreen({
      ...screen,
      needsKey: false,
      url: new URL("http://127.0.0.1:4000/"),
    });
    expect(text).toContain("curl http://127.0.0.1:4000/health\n");
  });

  test("says what opens the API to a browser, where a key closes it", () => {
    const hint = '"/openapi*"';
    expect(firstScreen(screen)).toContain(hint);
    expect(firstScreen({ ...screen, publicRoutes: ["/openapi*"] })).not.toContain(hint);
    expect(firstScreen({ ...screen, needsKey: false })).not.toContain(hint);
  });

  test("says that others are not answered where there is no key, and why", () => {
    const text = (needsKey: boolean, url: string) =>
      firstScreen({ ...screen, needsKey, url: new URL(url) });
    expect(text(false, "http://127.0.0.1:4000/")).toContain("only this machine is answered");
    expect(text(false, "http://0.0.0.0:4000/")).not.toContain("only this machine");
    expect(text(true, "http://127.0.0.1:4000/")).not.toContain("only this machine");
  });
});

describe("the command line", () => {
  test("is read", () => {
    expect(readArguments(["--config", "a.yaml", "--port", "0", "--host", "::1"])).toEqual({
      config: "a.yaml",
      port: 0,
      host: "::1",
      help: false,
    });
  });

  test("without a host after --host is refused", () => {
    expect(() => readArguments(["--host="])).toThrow("--host takes an address");
  });

  test("names every other command in its help", () => {
    const { scripts } = JSON.parse(
      readFileSync(join(import.meta.dir, "../../package.json"), "utf8"),
    ) as { scripts: Record<string, string> };
    const ours = Object.keys(scripts).filter((name) => scripts[name]?.includes("src/"));
    expect(ours.filter((name) => !usage.includes(`bun run ${name}`))).toEqual([]);
  });

  for (const port of ["abc", "-1", "65536", "1.5", "", " ", "0x10", "1e3"]) {
    test(`with --port ${port} is refused with what a port is`, () => {
      expect(() => readArguments([`--port=${port}`])).toThrow("whole number from 0 to 65535");
    });
  }
});
