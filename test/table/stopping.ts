// A writer that stops after so many stores, as a thread or a process does that is killed at that instruction.

const stopped = new Error("the writer was stopped");

/** Does the work until it has stored this many words; returns whether it was done by then. */
export function stopAfter(stores: number, work: () => void): boolean {
  const { store, add } = Atomics;
  let left = stores;
  const counted =
    (real: typeof Atomics.store) =>
    (words: Int32Array, index: number, value: number): number => {
      if (left === 0) throw stopped;
      left -= 1;
      return real(words, index, value);
    };
  Object.assign(Atomics, { store: counted(store), add: counted(add) });
  try {
    work();
    return true;
  } catch (error) {
    if (error !== stopped) throw error;
    return false;
  } finally {
    Object.assign(Atomics, { store, add });
  }
}
