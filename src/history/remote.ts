// History in PostgreSQL, as the recorder has it: batches are delivered from the outbox, statuses are sent now and then, and what waits for
// a database that is gone is kept within a bound.

import type { Clock } from "../clock.ts";
import { startDelivery } from "./delivery.ts";
import type { HistoryState, RecorderSettings } from "./messages.ts";
import { createOutbox } from "./outbox.ts";
import { createPostgresStore } from "./postgres-store.ts";
import type { Parcel, Spool } from "./spool.ts";
import type { HistoryReads } from "./store.ts";

export interface Remote {
  readonly reads: HistoryReads;
  /** What comes into it is delivered. */
  attach(disk: Spool): void;
  /** Takes a batch that the disk does not. */
  readonly memory: Spool;
  /** There is something new to be delivered. */
  wake(): void;
  /** The last thing that was asked of the database was done. */
  isWell(): boolean;
  /** This row, as bytes, is to be known there too. */
  mark(key: string, row: Uint8Array): void;
  /** For a machine that starts anew without this one's disk. */
  sendStatuses(): Promise<void>;
  /** Deployments are not followed any more. */
  forget(): void;
  /** Has the database remove what is too old. */
  retain(isSteady: boolean): void;
  state(): Omit<HistoryState, "engine" | "unseen">;
  /** Delivers and sends what there is until `late` resolves, and ends. */
  stop(late: Promise<void>): Promise<void>;
}

export interface RemoteOptions {
  readonly url: string;
  readonly settings: RecorderSettings;
  readonly clock: Clock;
  /** Words of an error that may be shown. */
  readonly wordsOf: (error: unknown) => string;
  readonly onNotice: (text: string) => void;
}

/** Rows in one statement: some 2 MB. Those of a large fleet at once took longer than its deadline, and all were sent again. */
const statusesAtOnce = 1000;

export function startRemote(options: RemoteOptions): Remote {
  const { url, settings, clock, wordsOf, onNotice } = options;
  const { nodeName, timeoutMs } = settings;
  const store = createPostgresStore({ url, nodeName, timeoutMs });
  const outbox = createOutbox();
  /** Rows that the database does not have yet, by key. */
  const unsent = new Map<string, Uint8Array>();
  let sending: Promise<void> | null = null;
  let initialized = false;
  let error: string | null = null;
  let lastWriteMs: number | null = null;
  let written = 0;
  let dropped = 0;
  /** What waited when this ended. */
  let leftWaiting: number | null = null;

  /** The newest batch that may be in the database, by who writes. */
  const tried = new Map<string, number>();

  const delivery = startDelivery({
    outbox,
    prepare: store.prepare,
    write,
    onPrepared: () => {
      initialized = true;
      error = null;
    },
    onWritten: ({ count }) => {
      written += count;
      lastWriteMs = clock.wallMs();
      if (error !== null) onNotice("history is written to the database again");
      error = null;
    },
    onDropped: ({ count }, reason) => {
      dropped += count;
      onNotice(`the database refused ${count} entries of history: ${wordsOf(reason)}`);
    },
    onFailure: (reason) => {
      if (error === null) onNotice(`history waits for the database: ${wordsOf(reason)}`);
      error = wordsOf(reason);
    },
  });

  /**
   * A batch that the database takes for one that it has, though it is new and comes for the first time, shows that the embedded file is a
   * copy, or an older state of itself, and that the other one has written meanwhile.
   */
  async function write(parcel: Parcel): Promise<void> {
    const { node, seq } = parcel;
    const isFirst = seq > (tried.get(node) ?? 0);
    if (isFirst) tried.set(node, seq);
    if ((await store.write(parcel)) || !isFirst) return;
    const renamed = outbox.rename(parcel);
    tried.set(renamed.node, seq);
    onNotice(
      "another process writes history under the identity of this one, which takes a new one",
    );
    await store.write(renamed);
  }

  function trim(): void {
    while (outbox.size().bytes > settings.bufferBytesMax) {
      const oldest = outbox.first();
      if (oldest === null) return;
      outbox.drop(oldest);
      dropped += oldest.count;
    }
  }

  /** Resolves when what there is has been sent, or one slice of it could not be. */
  function sendStatuses(): Promise<void> {
    sending ??= sendSlices().finally(() => {
      sending = null;
    });
    return sending;
  }

  async function sendSlices(): Promise<void> {
    while (initialized && error === null && unsent.size > 0) {
      const slice = new Map(unsent.entries().take(statusesAtOnce));
      for (const key of slice.keys()) unsent.delete(key);
      try {
        await store.saveStatuses(slice);
      } catch {
        // What came meanwhile is newer.
        for (const [key, row] of slice) if (!unsent.has(key)) unsent.set(key, row);
        return;
      }
    }
  }

  return {
    reads: store,
    attach(disk) {
      tried.set(disk.node, disk.newest());
      outbox.attach(disk);
    },
    memory: outbox.memory,
    isWell: () => initialized && error === null,
    wake() {
      trim();
      delivery.wake();
    },
    mark: (key, row) => void unsent.set(key, row),
    sendStatuses,
    forget: store.forget,
    retain(isSteady) {
      // While it is gone one line has said so already.
      if (!initialized || error !== null) return;
      store.retain(settings.retention, clock.wallMs(), isSteady).catch((reason: unknown) => {
        onNotice(`old history could not be removed: ${wordsOf(reason)}`);
      });
    },
    state: () => ({
      ...{ initialized, error, lastWriteMs, written, dropped },
      waiting: leftWaiting ?? outbox.size().entries,
    }),
    async stop(late) {
      await Promise.race([Promise.all([delivery.emptied(), sendStatuses()]), late]);
      delivery.stop();
      store.stop();
      leftWaiting = outbox.size().entries;
    },
  };
}
