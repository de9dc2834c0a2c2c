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
