// Tells when one of the configuration's files changes. It asks the file system once a second instead of subscribing:
// that also sees a Kubernetes ConfigMap being exchanged (a symbolic link), an editor's rename, and network drives.

import { unwatchFile, watchFile } from "node:fs";

const pollMs = 1000;

export interface FileWatch {
  /** The files to watch from now on. */
  set(files: readonly string[]): void;
  stop(): void;
}

export function watchFiles(onChange: () => void): FileWatch {
  let watched: readonly string[] = [];
  const listener = (
    now: { mtimeMs: number; ino: number; size: number },
    before: { mtimeMs: number; ino: number; size: number },
  ) => {
    const same =
      now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size;
    // A file that is gone is being replaced, or is a mistake: what runs goes on either way.
    if (!same && now.mtimeMs > 0) onChange();
  };
  const clear = () => {
    for (const file of watched) unwatchFile(file, listener);
  };
  return {
    set(files) {
      clear();
      watched = files;
      for (const file of files) watchFile(file, { interval: pollMs, persistent: false }, listener);
    },
    stop: clear,
  };
}
