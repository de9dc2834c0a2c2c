// What the folder listing promises, held against the imports: storeys, no cycles, packages in one
// room, no drawers.

import { describe, expect, test } from "bun:test";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

const root = join(import.meta.dir, "..");

/** A room imports from lower storeys and itself; rooms on one storey do not import each other. */
const storeys: readonly (readonly string[])[] = [
  ["src/clock.ts", "src/errors.ts", "src/version.ts"],
  ["src/config", "src/table"],
  ["src/registry"],
  ["src/transport"],
  ["src/logins"],
  ["src/probe"],
  ["src/schedule", "src/connection", "src/threads"],
  [
    "src/fleet",
    "src/metrics",
    "src/services",
    "src/history",
    "src/exports",
    "src/traffic",
    "src/cluster",
  ],
  ["src/server", "src/demo"],
  ["src/cli"],
  ["src/main.ts", "workers"],
];

/** The room that a package belongs to. */
const packageRooms: Readonly<Record<string, string>> = {
  elysia: "src/server",
  "@elysiajs/openapi": "src/server",
  "swagger-ui-dist": "src/server",
  postgres: "src/connection",
  ioredis: "src/connection",
  "prom-client": "src/metrics",
  "p-limit": "src/schedule",
  yaml: "src/config",
  "@pydantic/genai-prices": "src/registry",
  "eventsource-parser": "src/probe",
  "@opentelemetry/exporter-metrics-otlp-proto": "src/exports",
  "@opentelemetry/resources": "src/exports",
  "@opentelemetry/sdk-metrics": "src/exports",
  "hot-shots": "src/exports",
  aws4fetch: "src/logins",
  jose: "src/logins",
  "@sinclair/typebox": "src/traffic",
};

/**
 * What the serving thread may load: its own room, the table, who is in it, and the ends of lines to other threads. No schedule, no
 * probe, no transport, no driver of a database, no rendering of metrics.
 */
const servedFrom = [
  "workers/server.ts",
  "src/server/",
  "src/table/",
  "src/threads/",
  "src/clock.ts",
  "src/errors.ts",
  "src/config/secret.ts",
  "src/registry/directory.ts",
  "src/registry/registry.ts",
  "src/registry/deployment-list.ts",
  "src/registry/common-part.ts",
  "src/metrics/http-traffic.ts",
  "src/metrics/lag.ts",
  "src/history/asker.ts",
  "src/history/shown.ts",
  // A name that rows of ours have.
  "src/history/litellm-table.ts",
  // Words for operators.
  "src/fleet/refusals.ts",
];

const files = globSync("{src,workers}/**/*.ts", { cwd: root }).sort();
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
/** All that people read, but for this file, which names what it looks for. */
const everything = [
  ...files,
  ...globSync("{test,bench}/**/*.ts", { cwd: root }).filter((file) => file !== "test/tidy.test.ts"),
  ...globSync("{README.md,Dockerfile,.ci/run,deploy/**/*.{yaml,yml}}", { cwd: root }),
].sort();

function importsOf(file: string, kind: "all" | "loaded" = "all"): string[] {
  const found = (text.get(file) ?? "").matchAll(
    /^(?:import\b[^;"'`(]*|export\b[^;"'`(=]*\bfrom\s*)["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']|import\.meta\.resolve\(["'`]([^"'`]+)/gm,
  );
  return [...found]
    .filter(([words]) => kind === "all" || !/^(?:import|export) type\b/.test(words))
    .map(([, stated, called, resolved]) => stated ?? called ?? resolved ?? "");
}

/** The package that a specifier is of: its path within the package removed. */
const packageOf = (name: string) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;

function localImports(file: string, kind: "all" | "loaded" = "all"): string[] {
  return importsOf(file, kind)
    .filter((name) => name.startsWith("."))
    .map((name) => normalize(join(dirname(file), name)));
}

/** The files that are loaded with this one; types are not. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const next of localImports(file, "loaded")) loadedWith(next, loaded);
  return loaded;
}

function roomOf(file: string): string {
  const rooms = storeys.flat();
  const room = rooms.find((one) => file === one || file.startsWith(`${one}/`));
  if (room === undefined) throw new Error(`${file} stands in no room`);
  return room;
}

const storeyOf = (room: string) => storeys.findIndex((rooms) => rooms.includes(room));

describe("the tree", () => {
  test("imports point down only, and rooms on one storey do not import each other", () => {
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter((to) => to.endsWith(".ts"))
        .filter(
          (to) => roomOf(to) !== roomOf(file) && storeyOf(roomOf(to)) >= storeyOf(roomOf(file)),
        )
        .map((to) => `${file} imports ${to}, which is not below it`),
    );
    expect(wrong).toEqual([]);
  });

  test("has no cycles", () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" -> ")];
      if (done.has(file)) return [];
      const cycles = localImports(file).flatMap((to) => visit(to, [...path, file]));
      done.add(file);
      return cycles;
    };
    expect(files.flatMap((file) => visit(file, []))).toEqual([]);
  });

  test("keeps all but answering off the serving thread", () => {
    const loaded = [...loadedWith("workers/server.ts")];
    const foreign = loaded.filter((file) => !servedFrom.some((own) => file.startsWith(own)));
    expect(foreign.map((file) => `the serving thread loads ${file}`)).toEqual([]);
    const idle = servedFrom.filter((own) => !loaded.some((file) => file.startsWith(own)));
    expect(idle.map((own) => `the serving thread loads nothing of ${own}`)).toEqual([]);
  });

  test("resolves names in one place", () => {
    const wrong = files.filter(
      (file) =>
        file !== "src/transport/resolver.ts" &&
        /\bBun\.dns\b|\bnode:dns\b/.test(text.get(file) ?? ""),
    );
    expect(wrong.map((file) => `${file} resolves names by itself`)).toEqual([]);
  });

  test("imports each package in one room only", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith(".") && !/^(?:node|bun):|^bun$/.test(name))
        .map(packageOf)
        .filter((name) => packageRooms[name] !== roomOf(file))
        .map(
          (name) => `${file} imports ${name}, which belongs to ${packageRooms[name] ?? "no room"}`,
        ),
    );
    expect(wrong).toEqual([]);
  });

  test("uses every package that it depends on", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const used = new Set(files.flatMap((file) => importsOf(file)).map(packageOf));
    const unused = Object.keys(dependencies).filter((name) => !used.has(name));
    expect(unused.map((name) => `nothing in src or workers imports ${name}`)).toEqual([]);
  });

  test("has no drawers: a type or function lives with what it is about", () => {
    const drawers = everything.filter((file) =>
      /^(?:utils?|helpers?|common|types|misc|index)\.ts$/.test(basename(file)),
    );
    expect(drawers.map((file) => `${file} has a name that says nothing`)).toEqual([]);
  });

  test("has no leftover notes and no paths of one machine", () => {
    const wrong = everything.flatMap((file) => {
      const found = /\b(?:TODO|FIXME|XXX)\b|\/(?:home|root|Users|work)\//.exec(
        readFileSync(join(root, file), "utf8"),
      );
      return found === null ? [] : [`${file} still says ${found[0]}`];
    });
    expect(wrong).toEqual([]);
  });

  test("uses every file that it has", () => {
    const entries = new Set([
      "src/main.ts",
      "src/cli/validate.ts",
      "src/cli/probe.ts",
      "src/cli/healthcheck.ts",
      "src/cli/table.ts",
      ...files.filter((file) => file.startsWith("workers/")),
    ]);
    const used = new Set(files.flatMap((file) => localImports(file)));
    const unused = files.filter(
      (file) => !used.has(file) && !entries.has(file) && !file.endsWith(".d.ts"),
    );
    expect(unused.map((file) => `nothing imports ${file}`)).toEqual([]);
  });

  test("begins every file with what it is for", () => {
    const bare = files.filter((file) => !text.get(file)?.startsWith("// "));
    expect(bare.map((file) => `${file} does not say what it is for`)).toEqual([]);
  });
});

test("the lock file names no registry", () => {
  expect(readFileSync(join(root, "bun.lock"), "utf8")).not.toContain("://");
});

test("there is one version of Bun: package.json, engines and types agree", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    packageManager: string;
    engines: { bun: string };
    devDependencies: Record<string, string>;
  };
  const version = manifest.packageManager.replace("bun@", "");
  expect([manifest.engines.bun, manifest.devDependencies["bun-types"]]).toEqual([version, version]);
});
