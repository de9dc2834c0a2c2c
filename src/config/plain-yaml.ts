// A reader of the YAML that configurations consist of nearly always: block maps and lists by indentation, one-line scalars, comments. What it
// reads it reads as the package does, places included; at anything else, anywhere, it gives up, and the package reads the whole.
//
// A library would do; but 10,000 deployments (2.7 MB) took it 850 ms and 240 MB, and a restart must answer within half a second. This takes
// about 60 ms and 60 MB. test/config/plain-yaml.test.ts holds it against the package.

import type { Place } from "./config.ts";
import type { ListNode, MapEntry, MapNode, Node, ScalarNode } from "./yaml-node.ts";

export interface PlainOptions {
  /** A place in the text, by offset. */
  readonly placeAt: (offset: number) => Place;
  /** The value of an unquoted scalar. */
  readonly scalarOf: (text: string) => ScalarNode["value"];
  /** Called with the offset of every line's first character. */
  readonly onLine: (offset: number) => void;
}

/** Not plain: the package must read it. */
class NotPlain extends Error {}

/** A line that holds something. `indent` and `start` move when what comes first on it is taken. */
interface Line {
  indent: number;
  start: number;
  readonly end: number;
}

const depthMax = 50;
/** Tabs, other kinds of line breaks, and characters that have no place in a configuration. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const strange = /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ud800-\udfff]/;
const documentMark = /^(?:---|\.\.\.|%)/m;
/** Characters of a key, by code; a regular expression a line took three times as long. */
const isKeyCode = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const keyStart = /[A-Za-z0-9_]/;
/** How a plain scalar may begin; what may not has a meaning of its own. */
const plainStart = /[A-Za-z0-9_./~$(+^<=;-]/;
/** A plain scalar, or a key, between brackets on one line. */
const flowPlain = /[A-Za-z0-9_./~][A-Za-z0-9_./~+-]*(?: [A-Za-z0-9_./~+-]+)*/y;

/** The root of the document; null when it is not plain. */
export function readPlainYaml(text: string, options: PlainOptions): Node | null {
  if (strange.test(text) || documentMark.test(text)) return null;
  try {
    return new PlainReader(text, options).read();
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

class PlainReader {
  readonly #text: string;
  readonly #options: PlainOptions;
  readonly #lines: readonly Line[];
  #at = 0;
  #depth = 0;

  constructor(text: string, options: PlainOptions) {
    this.#text = text;
    this.#options = options;
    this.#lines = linesOf(text, options.onLine);
  }

  read(): Node {
    const first = this.#lines[0];
    if (first === undefined || first.indent !== 0) throw new NotPlain();
    const root = this.#block(first);
    if (this.#at < this.#lines.length) throw new NotPlain();
    return root;
  }

  /** The map or list that begins with this line. */
  #block(line: Line): Node {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new NotPlain();
    const node = this.#isItem(line) ? this.#list(line) : this.#map(line);
    this.#depth -= 1;
    return node;
  }

  #map({ indent, start }: Line): MapNode {
    const entries = new Map<string, MapEntry>();
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      if (this.#isItem(line)) break;
      const name = this.#key(line);
      const keyPlace = this.#options.placeAt(line.start);
      const colon = this.#text.indexOf(":", line.start + name.length);
      const keyText = String(this.#options.scalarOf(name));
      // The package warns of a key that stands twice.
      if (entries.has(keyText)) throw new NotPlain();
      entries.set(keyText, { keyPlace, node: this.#value(line, colon + 1, indent, true) });
    }
    this.#mustEnd(indent);
    return { kind: "map", place: this.#options.placeAt(start), entries };
  }

  #list({ indent, start }: Line): ListNode {
    const items: Node[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      if (!this.#isItem(line)) break;
      const content = this.#skip(line.start + 1, line.end);
      const isNested = content < line.end && this.#keyAt(content, line.end) !== null;
      if (isNested) {
        // `- key: value`: a map whose lines stand where the key does.
        line.indent += content - line.start;
        line.start = content;
        items.push(this.#block(line));
      } else {
        items.push(this.#value(line, line.start + 1, indent, false));
      }
    }
    return { kind: "list", place: this.#options.placeAt(start), items };
  }

  /** What stands after a colon or a dash: a scalar on the same line, else a block below. */
  #value(line: Line, from: number, indent: number, inMap: boolean): Node {
    const start = this.#skip(from, line.end);
    this.#at += 1;
    const next = this.#lines[this.#at];
    if (start < line.end && this.#text[start] !== "#") {
      // A scalar may go on in the next line when that stands deeper.
      if (next !== undefined && next.indent > indent) throw new NotPlain();
      return this.#scalar(start, line.end);
    }
    if (next !== undefined && next.indent > indent) return this.#block(next);
    if (inMap && next !== undefined && next.indent === indent && this.#isItem(next)) {
      return this.#block(next);
    }
    // Nothing at all: where the package says that it stands is its own affair.
    throw new NotPlain();
  }

  #scalar(start: number, end: number): Node {
    const first = this.#text[start] ?? "";
    if (first === '"' || first === "'" || first === "[" || first === "{") {
      const { node, after } = this.#flow(start, end);
      if (!this.#isRest(after, end)) throw new NotPlain();
      return node;
    }
    if (!plainStart.test(first)) throw new NotPlain();
    if (first === "-" && (start + 1 === end || this.#text[start + 1] === " ")) throw new NotPlain();
    // Of the line only: a search through the rest of the file for each scalar would be quadratic.
    const rest = this.#text.slice(start, end);
    const comment = rest.indexOf(" #");
    const text = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
    if (text.includes(": ") || text.endsWith(":")) throw new NotPlain();
    return this.#plain(text, start);
  }

  #plain(text: string, start: number): ScalarNode {
    const place = this.#options.placeAt(start);
    const value = this.#options.scalarOf(text);
    return Number.isInteger(value) && text.includes(".")
      ? { kind: "scalar", place, value, wholeFloat: true }
      : { kind: "scalar", place, value };
  }

  /** A quoted scalar, or a list or a map in brackets, that ends on its line. */
  #flow(start: number, end: number): { readonly node: Node; readonly after: number } {
    const place = this.#options.placeAt(start);
    const first = this.#text[start] ?? "";
    if (first === '"' || first === "'") {
      const rest = this.#text.slice(start + 1, end);
      const length = rest.indexOf(first);
      if (length < 0) throw new NotPlain();
      const close = start + 1 + length;
      const value = rest.slice(0, length);
      // Escapes are the package's affair; so is a quote that is doubled.
      if (first === '"' ? value.includes("\\") : this.#text[close + 1] === "'") {
        throw new NotPlain();
      }
      return { node: { kind: "scalar", place, value }, after: close + 1 };
    }
    if (first === "[") return this.#flowList(start, end, place);
    if (first === "{") return this.#flowMap(start, end, place);
    flowPlain.lastIndex = start;
    const text = flowPlain.exec(this.#text)?.[0];
    if (text === undefined || flowPlain.lastIndex > end) throw new NotPlain();
    return { node: this.#plain(text, start), after: start + text.length };
  }

  #flowList(start: number, end: number, place: Place) {
    const items: Node[] = [];
    let at = this.#skip(start + 1, end);
    while (this.#text[at] !== "]") {
      if (items.length > 0) at = this.#skip(this.#expect(",", at, end), end);
      const { node, after } = this.#flow(at, end);
      items.push(node);
      at = this.#skip(after, end);
    }
    const node: ListNode = { kind: "list", place, items };
    return { node, after: this.#expect("]", at, end) };
  }

  #flowMap(start: number, end: number, place: Place) {
    const entries = new Map<string, MapEntry>();
    let at = this.#skip(start + 1, end);
    while (this.#text[at] !== "}") {
      if (entries.size > 0) at = this.#skip(this.#expect(",", at, end), end);
      const name = this.#flow(at, end);
      if (name.node.kind !== "scalar") throw new NotPlain();
      const colon = this.#expect(":", name.after, end);
      const keyText = String(name.node.value);
      if (entries.has(keyText) || this.#text[colon] !== " ") throw new NotPlain();
      const value = this.#flow(this.#skip(colon, end), end);
      entries.set(keyText, { keyPlace: name.node.place, node: value.node });
      at = this.#skip(value.after, end);
    }
    const node: MapNode = { kind: "map", place, entries };
    return { node, after: this.#expect("}", at, end) };
  }

  #expect(character: string, at: number, end: number): number {
    if (at >= end || this.#text[at] !== character) throw new NotPlain();
    return at + 1;
  }

  #skip(from: number, end: number): number {
    let at = from;
    while (at < end && this.#text.charCodeAt(at) === 0x20) at += 1;
    return at;
  }

  /** Nothing but blanks and a comment. */
  #isRest(from: number, end: number): boolean {
    const rest = this.#text.slice(from, end);
    return rest.trim() === "" || /^ +#/.test(rest);
  }

  #key(line: Line): string {
    const name = this.#keyAt(line.start, line.end);
    if (name === null) throw new NotPlain();
    return name;
  }

  #keyAt(start: number, end: number): string | null {
    const text = this.#text;
    let at = start;
    while (at < end && isKeyCode[text.charCodeAt(at)] === 1) at += 1;
    if (at === start || text.charCodeAt(at) !== 0x3a) return null;
    if (at + 1 < end && text.charCodeAt(at + 1) !== 0x20) return null;
    return keyStart.test(text[start] ?? "") ? text.slice(start, at) : null;
  }

  #isItem({ start, end }: Line): boolean {
    if (this.#text.charCodeAt(start) !== 0x2d) return false;
    return start + 1 === end || this.#text.charCodeAt(start + 1) === 0x20;
  }

  /** What follows a block stands to its left. */
  #mustEnd(indent: number): void {
    const next = this.#lines[this.#at];
    if (next !== undefined && next.indent > indent) throw new NotPlain();
  }
}

function linesOf(text: string, onLine: (offset: number) => void): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    onLine(start);
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    let content = start;
    while (text.charCodeAt(content) === 0x20) content += 1;
    if (content < end && text.charCodeAt(content) !== 0x23) {
      lines.push({ indent: content - start, start: content, end });
    }
    if (newline < 0) break;
    start = end + 1;
  }
  return lines;
}
