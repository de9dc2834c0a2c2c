// Lines of the bench's report: what was measured, the figure, the target and whether it was reached.

export function say(
  what: string,
  figure: string,
  target = "",
  reached: boolean | null = null,
): void {
  const verdict = reached === null ? "" : reached ? "reached" : "MISSED";
  console.log(
    `${what.padEnd(70)} ${figure.padStart(22)}  ${target.padEnd(16)} ${verdict}`.trimEnd(),
  );
}

export const per = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;
export const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const mib = (value: number) => `${value.toFixed(0)} MiB`;
export const count = (value: number) => Math.round(value).toLocaleString("en");

/** One line of a table: the first cell to the left, the others to the right. */
export function row(cells: readonly string[], width: number): void {
  const [first = "", ...others] = cells;
  console.log([first.padEnd(16), ...others.map((cell) => cell.padStart(width))].join(" "));
}
