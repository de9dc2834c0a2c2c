// What an unquoted scalar means to PyYAML (yaml/resolver.py and yaml/constructor.py): YAML 1.1, with differences of its own (`y` is a
// word, `1e3` too). Dates stay text.

import type { Scalar } from "./yaml-node.ts";

interface ScalarKind {
  readonly tag: string;
  readonly test: RegExp;
  readonly resolve: (text: string) => Scalar;
}

/** In the order in which they are tried; what fits none is text. */
export const scalarKinds: readonly ScalarKind[] = [
  {
    tag: "tag:yaml.org,2002:null",
    test: /^(?:~|null|Null|NULL|)$/,
    resolve: () => null,
  },
  {
    tag: "tag:yaml.org,2002:bool",
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:y|t|on)/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    test: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: (text) => integerOf(text),
  },
  {
    tag: "tag:yaml.org,2002:float",
    test: /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: (text) => floatOf(text),
  },
];

/** The value of an unquoted scalar. */
export function plainScalarOf(text: string): Scalar {
  for (const { test, resolve } of scalarKinds) if (test.test(text)) return resolve(text);
  return text;
}

/** PyYAML's construct_yaml_int: signs, underscores, 0b, 0x, leading 0 is octal, `:` is base 60. */
function integerOf(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  let digits = text.replaceAll("_", "");
  const sign = digits.startsWith("-") ? -1 : 1;
  digits = digits.replace(/^[-+]/, "");
  if (digits === "0") return 0;
  if (digits.startsWith("0b")) return sign * Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith("0x")) return sign * Number.parseInt(digits.slice(2), 16);
  if (digits.startsWith("0")) return sign * Number.parseInt(digits, 8);
  if (digits.includes(":")) return sign * base60(digits);
  return sign * Number(digits);
}

function floatOf(text: string): number {
  const simple = Number(text);
  if (Number.isFinite(simple)) return simple;
  const digits = text.replaceAll("_", "").toLowerCase();
  const sign = digits.startsWith("-") ? -1 : 1;
  const bare = digits.replace(/^[-+]/, "");
  if (bare === ".inf") return sign * Number.POSITIVE_INFINITY;
  if (bare === ".nan") return Number.NaN;
  if (bare.includes(":")) return sign * base60(bare);
  return sign * Number(bare);
}

function base60(digits: string): number {
  return digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
