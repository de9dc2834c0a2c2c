// Work on a whole fleet, a little at a time: the thread that does it has others to look after.

const sliceMs = 1;
/** The clock is looked at after as many steps. */
const stepsBetween = 16;

/** Takes `count` steps; false when `isWanted` said no in between. Nobody else runs before the first slice has ended. */
export async function inSlices(
  count: number,
  step: (index: number) => void,
  isWanted: () => boolean = () => true,
): Promise<boolean> {
  let endMs = performance.now() + sliceMs;
  for (let index = 0; index < count; index += 1) {
    step(index);
    if (index % stepsBetween !== stepsBetween - 1 || performance.now() < endMs) continue;
    await new Promise(setImmediate);
    if (!isWanted()) return false;
    endMs = performance.now() + sliceMs;
  }
  return isWanted();
}
