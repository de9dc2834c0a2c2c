// Tells when one of the configuration's files changes. It asks the file system once a second instead of subscribing:
// that also sees a Kubernetes ConfigMap being exchanged (a symbolic link), an editor's rename, and network drives.
//
// What a file was like is remembered across `set`, so a change that comes while the files are being read is seen by the
// next look and not lost.

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
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    let changed = false;
    for (const [file, before] of known) {
      const now = await stat(file).then(signatureOf, () => null);
      // A file that is gone is being replaced, or is a mistake: what runs goes on either way.
      if (now === null || now === before || !known.has(file)) continue;
      known.set(file, now);
      changed = true;
    }
    looking = false;
    if (changed) onChange();
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
