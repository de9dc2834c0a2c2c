// The reader of plain configurations, held against the package: whatever it does not leave to the package, it must read alike.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseAnyYaml } from "../../src/config/any-yaml.ts";
import { readPlainYaml } from "../../src/config/plain-yaml.ts";
import type { Node, Parsed } from "../../src/config/yaml-node.ts";
import { Lines, Spot } from "../../src/config/yaml-place.ts";
import { plainScalarOf } from "../../src/config/yaml-scalar.ts";
import { demoConfig, uniformConfig } from "../../src/demo/fleet.ts";

function plainly(text: string): Node | null {
  const lines = new Lines();
  return readPlainYaml(text, {
    placeAt: (offset) => new Spot("f", lines, offset),
    scalarOf: plainScalarOf,
    onLine: lines.addNewLine,
  });
}

/** A tree that can be compared: values, kinds, order of keys, and every place. */
function shape(node: Node): unknown {
  const at = `${node.place.line}:${node.place.column}`;
  switch (node.kind) {
    case "scalar":
      return [at, typeof node.value, String(node.value), node.wholeFloat ?? false];
    case "list":
      return [at, node.items.map(shape)];
    case "map":
      return [
        at,
        [...node.entries].map(([key, { keyPlace, node: below }]) => [
          key,
          `${keyPlace.line}:${keyPlace.column}`,
          shape(below),
        ]),
      ];
    default:
      return node satisfies never;
  }
}

function expectAlike(text: string): boolean {
  const read = plainly(text);
  if (read === null) return false;
  const any: Parsed = parseAnyYaml(text, "f");
  expect({ text, problems: any.problems.length, warnings: any.warnings.length }).toEqual({
    text,
    problems: 0,
    warnings: 0,
  });
  expect({ text, tree: shape(read) }).toEqual({
    text,
    tree: any.root === null ? null : shape(any.root),
  });
  return true;
}

/** Scalars that look harmless and are not, among harmless ones. */
const nasty = [
  ..."yes|No|on|off|y|~|null|Null|true|False|017|0x1F|0b11|1_000|1e3|1.0|-1.5|.5|1.|12:30|1:2:3.5|.inf|-.Inf|.nan|2024-10-21".split(
    "|",
  ),
  ..."a|gpt-4o|openai/gpt-4|http://127.0.0.1:9/v1|os.environ/KEY|a b|a: b|a:|a:b|- a|-a|--|a #b|a#b|# c|a  b |: a|:a".split(
    "|",
  ),
  ...`"q"|"a # b"|"a: b"|"a\\nb"|""|'s'|'it''s'|'a # b'|"x" # c|"x"y|'x' y|"open|'open|"a" "b"`.split(
    "|",
  ),
  ...`[]|{}|[ ]|{ }|[a, b]|[a,b]|[a, ]|["x", 'y']|[a, [b]]|{ a: b }|{a: b, c: d}|{a:b}|{a: }|{"a": 1}|{a: [b, c]}|[a: b]|[a b, c]|[1.0, yes]`.split(
    "|",
  ),
  ..."*a|&a b|!t x|>|>-|%a|@a|`a|?|? a|-|,a|{|[|}|]|a]|a}|$x|(x)|+1|^x|<x|=|==|;x|\\\\x|é|日本|<<".split(
    "|",
  ),
  "|",
  "|-",
  "",
];

const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "gpt-4o", "openai/m", "1", "0.5", '"q"', "true") },
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const key = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom("a", "b", "model_name", "c.d", "e/f", "yes", "1", "x-y"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("<<", '"k"', "'k'", "a b", "", "?", "-", "*x", "k ", "~"),
  },
);
const ending = fc.constantFrom("", "", "", " ", "  # c", " #", "\t");

/** Lines of something like a configuration, with indents that mostly fit. */
const document = fc
  .array(
    fc.record({
      indent: fc.constantFrom(0, 0, 2, 2, 4, 4, 6, 1, 3),
      dash: fc.constantFrom("", "", "", "- ", "-   ", "- - ", "-"),
      key: fc.option(key, { freq: 5 }),
      value: fc.option(scalar, { freq: 4 }),
      ending,
      blank: fc.constantFrom("", "", "", "", "\n", "  \n", "# c\n", "    # c\n"),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((lines) =>
    lines
      .map(({ indent, dash, key: name, value, ending: end, blank }) => {
        const pair = name === null ? (value ?? "") : `${name}:${value === null ? "" : ` ${value}`}`;
        return `${" ".repeat(indent)}${dash}${pair}${end}\n${blank}`;
      })
      .join(""),
  );

/** Nested values, printed with indents that always fit. */
const { value: tree } = fc.letrec<{ value: string[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    scalar.map((text) => [text]),
    fc
      .array(fc.tuple(key, tie("value"), ending), { minLength: 1, maxLength: 4 })
      .map((pairs) => pairs.flatMap(([name, below, end]) => printed(`${name}:`, below, end, 2))),
    fc
      .array(fc.tuple(tie("value"), ending, fc.boolean()), { minLength: 1, maxLength: 4 })
      .map((items) =>
        items.flatMap(([below, end, compact]) =>
          compact && below.length > 1
            ? [`- ${below[0]}`, ...below.slice(1).map((line) => `  ${line}`)]
            : printed("-", below, end, 2),
        ),
      ),
  ),
}));

function printed(head: string, below: readonly string[], end: string, indent: number): string[] {
  return below.length === 1
    ? [`${head} ${below[0]}${end}`]
    : [`${head}${end}`, ...below.map((line) => `${" ".repeat(indent)}${line}`)];
}

const runs = Number(process.env["FLEETPULSE_PROPERTY_RUNS"] ?? 2000);

describe("the reader of plain configurations", () => {
  test("reads nested maps and lists as the package does, or leaves them to it", () => {
    let read = 0;
    fc.assert(
      fc.property(tree, (lines) => {
        if (expectAlike(`${lines.join("\n")}\n`)) read += 1;
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 50);
  });

  test("reads lines in any order as the package does, or leaves them to it", () => {
    fc.assert(
      fc.property(document, (text) => void expectAlike(text)),
      { numRuns: runs },
    );
  });

  test("reads every nasty scalar as the package does, or leaves it to it", () => {
    for (const text of nasty) {
      expectAlike(`k: ${text}\n`);
      expectAlike(`k: ${text}`);
      expectAlike(`- ${text}\n- b\n`);
      expectAlike(`m:\n  - k: ${text}\n    l: 1\n`);
    }
  });

  for (const [what, text] of Object.entries({
    "Windows line ends": "a: 1\r\nb: 2\r\n",
    "a tab": "a:\t1\n",
    "a byte order mark": "\ufeffa: 1\n",
    "a document mark": "---\na: 1\n",
    "an anchor": "a: &x 1\nb: *x\n",
    "a merge key": "a: {b: 1}\nc:\n  <<: *a\n",
    "a block scalar": "a: |\n  b\n",
    "a scalar of two lines": "a: b\n  c\n",
    "a key that stands twice": "a: 1\na: 2\n",
    "a value that is missing": "a:\nb: 1\n",
    "a flow collection of two lines": "a: [b,\n  c]\n",
    nothing: "",
    "a comment alone": "# nothing\n",
    "a scalar alone": "a\n",
  })) {
    test(`leaves ${what} to the package`, () => {
      expect(plainly(text)).toBeNull();
    });
  }

  test("reads what configurations look like, and does not leave it to the package", () => {
    const typical = `
# The proxy's models.
model_list:
- model_name: gpt-4o            # public name
  litellm_params:
    model: azure/gpt-4o-eu
    api_base: https://my-endpoint.openai.azure.com/
    api_key: os.environ/AZURE_API_KEY
    api_version: "2024-10-21"
    rpm: 6
- model_name: "claude"
  litellm_params: { model: anthropic/claude-3, api_key: 'os.environ/KEY' }
  model_info:
    mode: chat
    tags: ["a", "b"]

general_settings:
  master_key: sk-1234
  health_check_interval: 300.0
  background_health_checks: True
`;
    for (const text of [
      typical,
      demoConfig("http://127.0.0.1:1", "http://127.0.0.1:2"),
      uniformConfig({ url: "http://127.0.0.1:1", count: 3, settings: { interval: 1 } }),
    ]) {
      expect(expectAlike(text)).toBe(true);
    }
  });
});
