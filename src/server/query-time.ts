// A moment in a query, as RFC 3339 has it, and as people write it: without an offset it is UTC, and never the time of the machine.

const shape =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(Z|[+\- ]\d{2}:?\d{2})?)?$/i;

/** Unix time in milliseconds; null when the text is no time. */
export function timeInQuery(text: string): number | null {
  const [, date, time = "00:00", zone = "Z"] = shape.exec(text) ?? [];
  if (date === undefined) return null;
  // A plus sign that was not encoded arrives as a space.
  const offset = zone.replace(" ", "+").replace(/(\d{2})(\d{2})$/, "$1:$2");
  const ms = Date.parse(`${date}T${time.replace(",", ".")}${offset.toUpperCase()}`);
  return Number.isFinite(ms) ? ms : null;
}
