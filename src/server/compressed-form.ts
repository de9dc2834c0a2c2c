// The compressed form of a large answer: made once, in the background, and read by whoever asks for it meanwhile or soon after. The
// text is put together a chunk at a time between other requests; it is compressed by the runtime's pool of threads, not here.
// Who comes while it is made gets what there is and goes on with it, so that the first bytes of 100,000 entries are there
// after 20 to 50 ms and nobody waits for the last.

import { once } from "node:events";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import { nextText } from "./stream.ts";

/** In the order of our preference. */
export const formEncodings = ["zstd", "gzip"] as const;
export type FormEncoding = (typeof formEncodings)[number];

/** Fast ones: what entries repeat is found at the lowest level already. A small output buffer would go to the pool twice as often. */
const outputBytes = 65_536;
const packers = {
  zstd: () =>
    createZstdCompress({
      chunkSize: outputBytes,
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    }),
  gzip: () => createGzip({ chunkSize: outputBytes, level: 1 }),
} as const satisfies Record<FormEncoding, unknown>;

export interface CompressedForm {
  /** So far. */
  bytes(): number;
  /** Somebody is in the middle of it. */
  isRead(): boolean;
  /** Null while it is being made; false when it will never be whole: it failed, or all who wanted it went away. */
  isWhole(): boolean | null;
  /** From its first byte on, wherever the making is; `gone` tells of a reader who went away. */
  read(gone: AbortSignal): ReadableStream<Uint8Array>;
}

export interface FormOptions {
  readonly encoding: FormEncoding;
  readonly pieces: Iterator<string>;
  /** It has grown, or ended, or somebody reads it no more. */
  readonly onChange: () => void;
}

/** Begins to make a form; it is given up when nobody reads it. */
export function beginForm({ encoding, pieces, onChange }: FormOptions): CompressedForm {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let readers = 0;
  let state: boolean | null = null;
  let more = Promise.withResolvers<void>();

  function changed(): void {
    more.resolve();
    more = Promise.withResolvers();
    onChange();
  }

  /** True when all of it is there. */
  async function make(): Promise<boolean> {
    const packer = packers[encoding]();
    packer.on("data", (packed: Buffer) => {
      chunks.push(new Uint8Array(packed));
      bytes += packed.length;
      changed();
    });
    // Rejects with the packer's error too.
    const ended = once(packer, "end");
    for (;;) {
      // Whoever waits is answered first.
      await new Promise(setImmediate);
      if (readers === 0) {
        ended.catch(() => {});
        packer.destroy();
        return false;
      }
      const text = nextText(pieces);
      if (text === null) break;
      await Promise.race([new Promise<void>((taken) => packer.write(text, () => taken())), ended]);
    }
    packer.end();
    await ended;
    return true;
  }

  make()
    .catch(() => false)
    .then((isWhole) => {
      state = isWhole;
      changed();
    });

  function read(gone: AbortSignal): ReadableStream<Uint8Array> {
    let next = 0;
    let isReading = true;
    readers += 1;
    const leave = () => {
      if (!isReading) return;
      isReading = false;
      readers -= 1;
      onChange();
    };
    gone.addEventListener("abort", leave, { once: true });
    // Of one who went away before there was an answer nothing more is heard.
    if (gone.aborted) leave();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          while (next === chunks.length && state === null) await more.promise;
          const chunk = chunks[next];
          next += 1;
          if (chunk !== undefined) return controller.enqueue(chunk);
          leave();
          if (state === true) controller.close();
          else controller.error(new Error("the answer could not be made"));
        },
        cancel: leave,
      },
      { highWaterMark: 1 },
    );
  }

  return {
    bytes: () => bytes,
    isRead: () => readers > 0,
    isWhole: () => state,
    read,
  };
}
