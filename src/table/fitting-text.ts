// Text that fits into so many bytes of UTF-8, cut between two characters.

/** What was cut ends with an ellipsis. */
export function fitting(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const mark = "…";
  let bytes = Buffer.byteLength(mark);
  let end = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    end += character;
  }
  return `${end}${mark}`;
}
