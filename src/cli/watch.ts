// Tells when one of the configuration's files changes. It asks the file system once a second instead of subscribing:
// that also sees a Kubernetes ConfigMap being exchanged (a symbolic link), an editor's rename, and network drives.
//
// A file that changes is being written: it is told of when two looks in a row found all files the same. What a file was like is
// remembered across `set`, so a change that comes while the files are being read is seen by the next looks and not lost.

import { statSync } from "node:fs";
import { stat } from "node:fs/promises";

export interface FileWatch {
  /** The files to watch from now on; they were read from `readAtMs` (wall time) on. */
  set(files: readonly string[], readAtMs: number): void;
  stop(): void;
}

interface Look {
  readonly mtimeMs: number;
  readonly ino: number;
  readonly size: number;
}

/** `pollMs` between two looks. */
export function watchFiles(onChange: () => void, pollMs = 1000): FileWatch {
  let known = new Map<string, string>();
  /** What the look before found of files that are not as they are known. */
  let changing = new Map<string, string>();
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const found = new Map<string, string>();
    for (const [file, before] of known) {
      const now = await stat(file).then(signatureOf, () => null);
      // A file that is gone is being replaced, or is a mistake: what runs goes on either way.
      if (now !== null && now !== before) found.set(file, now);
    }
    looking = false;
    const isSettled = [...found].every(([file, now]) => changing.get(file) === now);
    changing = found;
    if (!isSettled) return;
    // Others may be watched by now.
    const changes = [...found].filter(([file]) => known.has(file));
    for (const [file, now] of changes) known.set(file, now);
    if (changes.length > 0) onChange();
  }

  const timer = setInterval(() => void look(), pollMs);
  timer.unref();

  return {
    set(files, readAtMs) {
      known = new Map(files.map((file) => [file, known.get(file) ?? firstLook(file, readAtMs)]));
    },
    stop: () => clearInterval(timer),
  };
}

/** What a file is like that is new to us; one that changed since it was read differs from every later look. */
function firstLook(file: string, readAtMs: number): string {
  try {
    const found = statSync(file);
    return found.mtimeMs >= readAtMs ? "" : signatureOf(found);
  } catch {
    return "";
  }
}

function signatureOf({ mtimeMs, ino, size }: Look): string {
  return `${mtimeMs} ${ino} ${size}`;
}
