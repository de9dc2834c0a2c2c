// The README's tables are what the code says, row by row.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { restartOnly, sourceOf } from "../src/cli/restart-only.ts";
import { settingNames, settingRows } from "../src/config/setting-rows.ts";
import {
  litellmExposedName,
  litellmMetricNames,
  litellmRows,
} from "../src/metrics/litellm-rows.ts";
import { exposedName, metricNames, metricRows } from "../src/metrics/rows.ts";
import { familyModes } from "../src/registry/family-modes.ts";
import { notProbed, providers } from "../src/registry/providers/all.ts";
import { outcomeClasses, outcomeClassNames } from "../src/table/outcome-class.ts";
import { startContext, threeModels } from "./server/context.ts";

const readme = readFileSync(join(import.meta.dir, "../README.md"), "utf8");

/** Rows of the table below a heading, as arrays of cells. */
function table(heading: string): string[][] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the README has no section ${heading}`);
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(", ");

describe("the README's table of", () => {
  test("settings has every setting with its keys, environment, default and meaning", () => {
    const expected = settingNames.map((name) => {
      const row = settingRows[name];
      const sources = [
        ...(row.flag === undefined ? [] : [`--${row.flag}`]),
        ...(row.overrides ?? []),
        ...row.keys,
        ...(row.fallbacks ?? []),
      ];
      const byDefault =
        Array.isArray(row.byDefault) && row.byDefault.length === 0 ? null : row.byDefault;
      return [
        code(sources),
        byDefault === null ? "" : `\`${String(byDefault)}\``,
        row.help.replaceAll("|", "\\|"),
      ];
    });
    expect(table("Settings").slice(0, expected.length)).toEqual(expected);
  });

  test("metrics has every metric with its type, labels and meaning", () => {
    expect(table("Metrics")).toEqual(
      metricNames.map((name) => [
        `\`${exposedName(name)}\``,
        metricRows[name].type,
        code(metricRows[name].labels),
        metricRows[name].help,
      ]),
    );
  });

  test("LiteLLM's own metrics has every one that can be shown", () => {
    expect(table("LiteLLM's own metrics")).toEqual(
      litellmMetricNames.map((name) => [
        `\`${litellmExposedName(name)}\``,
        litellmRows[name].type,
        code(litellmRows[name].labels),
        litellmRows[name].help,
      ]),
    );
  });

  test("routes has every route that the API describes, and no other", async () => {
    const { paths } = (await (await startContext(threeModels).get("/openapi/json")).json()) as {
      paths: Record<string, object>;
    };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const documented = table("Routes").map(([route]) => route?.replaceAll("`", ""));
    expect(documented.sort()).toEqual([...routes, "/openapi"].sort());
  });

  test("modes has every family with the modes that it is asked in", () => {
    expect(table("Modes")).toEqual(
      Object.entries(familyModes).map(([family, modes]) => [`\`${family}\``, code(modes)]),
    );
  });

  test("providers has every row with its family, address, variables and what the free question proves", () => {
    expect(table("Providers")).toEqual(
      Object.entries(providers).map(([name, { family, base, baseEnv, keyEnv, free }]) => [
        `\`${name}\``,
        family,
        [...(base === null ? [] : [`\`${base}\``]), ...baseEnv.map((one) => `\`${one}\``)].join(
          ", ",
        ),
        code(keyEnv),
        free,
      ]),
    );
  });

  test("outcomes has every class with what it does and means", () => {
    expect(table("Outcomes")).toEqual(
      outcomeClassNames.map((name) => [
        `\`${name}\``,
        outcomeClasses[name].effect,
        outcomeClasses[name].sentence,
      ]),
    );
  });
});

test("the README lists the settings that take effect with a restart", () => {
  const [, listed = ""] = /take effect with a restart: ([\s\S]*?`)\.\n/.exec(readme) ?? [];
  const named = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(restartOnly.map(sourceOf).sort());
});

test("the README names every provider that is not probed", () => {
  const missing = Object.keys(notProbed).filter((name) => !readme.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
