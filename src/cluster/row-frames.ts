// Rows as they travel: who sends them, then of each the lengths of its key and of its bytes (16 bits, little-endian), and both. The script that
// publishes makes the same frames in Redis.

/** A row with what it is of; its bytes may belong to a longer message. */
export interface FramedRow {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export const idLength = 16;
const lengthsBytes = 4;

/** Puts the frames after the sender's id together; KEYS and ARGV as in publishing.ts. */
export const frameLua = "struct.pack('<I2I2', #key, #row) .. key .. row";

export function senderOf(message: Buffer): string {
  return message.toString("latin1", 0, idLength);
}

/** Where the first row begins. */
export const framesStart = idLength;

/** The row that begins there, and where the next one does; null when the message ends before it does. */
export function frameAt(
  message: Buffer,
  start: number,
): { readonly row: FramedRow; readonly next: number } | null {
  if (start + lengthsBytes > message.length) return null;
  const keyStart = start + lengthsBytes;
  const rowStart = keyStart + message.readUInt16LE(start);
  const next = rowStart + message.readUInt16LE(start + 2);
  if (next > message.length) return null;
  const key = message.toString("utf8", keyStart, rowStart);
  return { row: { key, bytes: message.subarray(rowStart, next) }, next };
}
