// Places in a text, worked out only when somebody asks: nearly nobody does.

import type { Place } from "./config.ts";

/** Where lines begin; what the package `yaml` calls a line counter. */
export class Lines {
  readonly lineStarts: number[] = [];

  /** Call for every line, in order. */
  readonly addNewLine = (offset: number): number => this.lineStarts.push(offset);

  /** Line and column of an offset, both from 1. */
  readonly linePos = (offset: number): { line: number; col: number } => {
    let low = 0;
    let high = this.lineStarts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0
      ? { line: 0, col: offset }
      : { line: low, col: offset - (this.lineStarts[low - 1] ?? 0) + 1 };
  };
}

/** A place by its offset. */
export class Spot implements Place {
  readonly file: string;
  // Not private in the language's sense: making a hundred thousand of these took twice as long.
  private readonly lines: Lines;
  private readonly offset: number;

  constructor(file: string, lines: Lines, offset: number) {
    this.file = file;
    this.lines = lines;
    this.offset = offset;
  }

  get line(): number {
    return this.lines.linePos(this.offset).line;
  }

  get column(): number {
    return this.lines.linePos(this.offset).col;
  }
}
