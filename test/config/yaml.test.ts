import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { plain } from "../../src/config/values.ts";
import { parseYaml } from "../../src/config/yaml.ts";

/** What PyYAML 6's SafeLoader makes of each scalar (dates stay text here). */
const scalars: [text: string, value: unknown][] = [
  ["y", "y"],
  ["n", "n"],
  ["Y", "Y"],
  ["N", "N"],
  ["yes", true],
  ["No", false],
  ["NO", false],
  ["on", true],
  ["Off", false],
  ["OFF", false],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["~", null],
  ["0", 0],
  ["017", 15],
  ["0o17", "0o17"],
  ["019", "019"],
  ["08", "08"],
  ["1_000", 1000],
  ["+12", 12],
  ["-3", -3],
  ["0x1F", 31],
  ["0b101", 5],
  ["-0x10", -16],
  ["12:30", 750],
  ["1:2:3", 3723],
  ["190:20:30.15", 685230.15],
  ["1e3", "1e3"],
  ["1.0e+3", 1000.0],
  ["1.0e3", "1.0e3"],
  ["1.5", 1.5],
  [".5", 0.5],
  ["-.5", "-.5"],
  ["+.5", "+.5"],
  ["5.", 5.0],
  ["1_000.5", 1000.5],
  [".inf", Number.POSITIVE_INFINITY],
  ["-.Inf", Number.NEGATIVE_INFINITY],
  [".NAN", Number.NaN],
  ["nan", "nan"],
  ["1.2.3", "1.2.3"],
  ["2024-01-01", "2024-01-01"],
  ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"],
  ["0.0000001", 1e-7],
  ["1e-7", "1e-7"],
  ["1.0e-7", 1e-7],
  ["00", 0],
  ["0_7", 7],
  ["_1", "_1"],
  ["1__0", 10],
  ["'no'", "no"],
  ['"017"', "017"],
  ["hello", "hello"],
  ["<<x", "<<x"],
  ["-0", 0],
  ["+0", 0],
  ["0.", 0.0],
  ["1.e+1", 10.0],
  ["TRUE1", "TRUE1"],
  ["tRUE", "tRUE"],
  ["oN", "oN"],
];

function value(text: string) {
  const { root, problems } = parseYaml(text, "f.yaml");
  expect(problems).toEqual([]);
  return root === null ? null : plain(root);
}

describe("YAML 1.1 as the proxy's loader reads it", () => {
  for (const [text, expected] of scalars) {
    test(`${text} is ${String(expected)} (${expected === null ? "null" : typeof expected})`, () => {
      expect((value(`k: ${text}`) as Record<string, unknown>)["k"]).toBe(expected as never);
    });
  }

  test("merge keys and aliases are followed; what stands in the map itself wins", () => {
    expect(value("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne: [*x]\n")).toEqual({
      a: { b: 1, c: 2 },
      d: { b: 1, c: 3 },
      e: [{ b: 1, c: 2 }],
    });
  });

  test("keys stand in PyYAML's order: merged ones first, each where it stood first", () => {
    const text = `a: &a {x: 1, y: 2}
b: &b {y: 3, z: 4}
list: {k: 0, <<: [*a, *b], y: 9}
several: {x: 5, <<: *a, q: 1, <<: {q: 2, w: 1}, x: 7}
`;
    const found = value(text) as Record<string, Record<string, unknown>>;
    expect(Object.entries(found["list"] ?? {}).join(" ")).toBe("y,9 z,4 x,1 k,0");
    expect(Object.entries(found["several"] ?? {}).join(" ")).toBe("x,7 y,2 q,1 w,1");
  });

  test("of a key that stands twice the last one counts, and a warning says where", () => {
    const { root, warnings } = parseYaml("a: 1\nb: 2\na: 3\n", "f.yaml");
    expect(root === null ? null : plain(root)).toEqual({ b: 2, a: 3 });
    expect(warnings).toMatchObject([{ line: 3, column: 1, key: "a" }]);
  });

  test("a syntax error says where it is", () => {
    const { problems } = parseYaml("a: 1\nb: [1, 2\nc: 3\n", "f.yaml");
    expect(problems[0]).toMatchObject({ file: "f.yaml" });
    expect(problems[0]?.line).toBeGreaterThan(1);
  });

  test("an alias of nothing is refused where it stands, as PyYAML refuses it", () => {
    const { problems } = parseYaml("a: 1\nb:\n  c: *nobody\nd: &nobody 2\n", "f.yaml");
    expect(problems).toMatchObject([{ line: 3, column: 6, key: "b.c" }]);
    expect(problems[0]?.message).toBe("there is no anchor nobody before this alias");
  });

  test("a merge of what is no map is refused where it stands, as PyYAML refuses it", () => {
    for (const merged of ["", "1", "[1]", "*l"]) {
      const { problems } = parseYaml(`l: &l [a]\nb:\n  <<: ${merged}\n`, "f.yaml");
      expect(problems).toMatchObject([{ line: 3, column: 3, key: "b" }]);
    }
    expect(parseYaml("b:\n  <<: []\n", "f.yaml").problems).toEqual([]);
  });

  test("more than one document is refused", () => {
    expect(parseYaml("a: 1\n---\nb: 2\n", "f.yaml").problems).toHaveLength(1);
  });

  test("an alias bomb is refused in bounded time", () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const of = level === 0 ? "x" : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(10).fill(of).join(", ")}]`;
    });
    expect(parseYaml(levels.join("\n"), "f.yaml").problems).not.toEqual([]);
  });

  test("an empty file is empty, not an error", () => {
    expect(value("")).toBeNull();
    expect(value("# only a comment\n")).toBeNull();
  });

  test("no text makes the parser throw", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        parseYaml(text, "f.yaml");
      }),
    );
  });
});
