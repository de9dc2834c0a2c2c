// FNV-1a over words: tells a row that is whole from one that is not, for those who read a file without ordered loads and
// after a machine that lost its power. It guards against accidents, not against anybody's intent.

export const checksumStart = 0x811c9dc5 | 0;

/** The checksum with one more word in it. */
export function addToChecksum(checksum: number, word: number): number {
  return Math.imul(checksum ^ word, 0x01000193);
}
