import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openTableBacking } from "../../src/cli/table-backing.ts";
import { parseConfig } from "../../src/config/read.ts";
import { DeploymentList } from "../../src/registry/deployment-list.ts";
import { createRegistry, identityOf, labelOf } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { bytesOfRow, rowOfBytes } from "../../src/table/row-words.ts";
import { capacityOf } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

let folder: string;
let count = 0;
beforeAll(() => {
  folder = temporaryFolder("table-backing");
});
afterAll(() => removeFolder(folder));

const silent = { info() {}, warn() {}, error() {} };

function setUp(deployments: number) {
  count += 1;
  const models = Array.from(
    { length: deployments },
    (_, index) => `  - model_name: m
    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:1/v1", api_key: sk-x}
    model_info: {id: "id-${index}"}`,
  );
  const text = `model_list:\n${models.join("\n")}\nfleetpulse: {table_file: "${join(folder, `${count}.table`)}"}\n`;
  const config = parseConfig(text, { file: "config.yaml", flags: {}, environment: {}, cores: 2 });
  const resolved = resolveDeployments(config.entries, config.settings, config.environment);
  const registry = createRegistry();
  registry.replace(resolved.deployments);
  const [first] = resolved.deployments;
  if (first === undefined) throw new Error("no deployment");
  return { settings: config.settings, registry, first, deployments: resolved.deployments };
}

const checked = (lastCheckMs: number, checks: number): Row => {
  const row = { ...emptyRow(), lastCheckMs };
  row.classCounts[0] = checks;
  return row;
};

/** What a deployment begins with when the file says this of it, and history that. */
function restored(
  inFile: Row,
  inHistory: Row | null,
  options: { readonly countedElsewhere?: boolean; readonly keyHash?: number } = {},
): Row | null {
  const { settings, registry, first } = setUp(2);
  const before = openTableBacking(settings, silent);
  const label = { ...labelOf(first), keyHash: options.keyHash ?? labelOf(first).keyHash };
  // Another slot than the one it will have now.
  createWriter(before.table).claim(700, identityOf(first.key), inFile, label);
  before.publish();
  before.release();

  const rows = new Map(inHistory === null ? [] : [[first.key, bytesOfRow(inHistory)]]);
  const backing = openTableBacking(settings, silent);
  backing.restore(registry, { rows, countedElsewhere: options.countedElsewhere ?? false });
  backing.release();
  return rowOfBytes(rows.get(first.key) ?? new Uint8Array());
}

describe("what a deployment begins with", () => {
  test("is the file's row where it is newer than history's", () => {
    expect(restored(checked(2000, 7), checked(1000, 6))).toEqual(checked(2000, 7));
  });

  test("is history's row where that is newer", () => {
    expect(restored(checked(1000, 6), checked(2000, 7))).toEqual(checked(2000, 7));
  });

  test("is the file's row where history has none", () => {
    expect(restored(checked(2000, 7), null)).toEqual(checked(2000, 7));
  });

  test("is nothing where the file says that it was never asked", () => {
    expect(restored(checked(0, 0), null)).toBeNull();
  });

  test("is nothing where the row is of a deployment whose key only has the same first hash", () => {
    expect(restored(checked(2000, 7), null, { keyHash: 1 })).toBeNull();
  });

  test("has no counts where a database has them that begins at zero here", () => {
    expect(restored(checked(2000, 7), null, { countedElsewhere: true })).toEqual(checked(2000, 0));
  });
});

test("the table is not put into the file of the history", () => {
  const { settings } = setUp(1);
  const same = { ...settings, sqliteFile: settings.tableFile ?? "" };
  expect(() => openTableBacking(same, silent)).toThrow("give the table a file of its own");
});

test("room for deployments is made before they are there, and for those that are new only", () => {
  const { settings, registry, deployments } = setUp(3);
  const backing = openTableBacking(settings, silent);
  backing.reserve(DeploymentList.of(deployments), registry);
  expect(capacityOf(backing.table)).toBe(1024);
  const [one] = deployments;
  if (one === undefined) throw new Error("no deployment");
  const more = Array.from({ length: 2000 }, (_, index) => ({ ...one, key: `more ${index}` }));
  backing.reserve(DeploymentList.of([...deployments, ...more]), registry);
  expect(capacityOf(backing.table)).toBeGreaterThanOrEqual(2003);
  backing.release();
});
