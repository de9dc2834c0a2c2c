// How the service keeps its history: what it begins with, and the recorder with the settings that it needs.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";
import { secretsOf } from "../connection/connection-url.ts";
import type { Member } from "../history/follower.ts";
import { type Followed, type History, startHistory } from "../history/history.ts";
import { savedRows } from "../history/journal.ts";
import type { HistoryState } from "../history/messages.ts";
import { savedInPostgres } from "../history/postgres-store.ts";
import type { HistorySample } from "../metrics/sources.ts";
import { identityOf, type Registry } from "../registry/registry.ts";
import type { Table } from "../table/table.ts";
import type { Log } from "./log.ts";

/** Last rows of an earlier process. */
export interface RestoredRows {
  /** As bytes, by deployment key. */
  readonly rows: Map<string, Uint8Array>;
  /** What led to them is in a database whose recorder begins at zero here, so it must not be counted again. */
  readonly countedElsewhere: boolean;
}

/** From the process's own disk, else (a new disk) from PostgreSQL. Never rejects. */
export async function restoredRows(settings: Settings, log: Log): Promise<RestoredRows> {
  if (!settings.history) return { rows: new Map(), countedElsewhere: false };
  const own = savedRows(settings.sqliteFile);
  const url = settings.databaseUrl?.reveal() ?? null;
  if (own.size > 0 || url === null) return { rows: own, countedElsewhere: false };
  try {
    const rows = await savedInPostgres(url, settings.serviceTimeoutMs);
    return { rows, countedElsewhere: true };
  } catch (error) {
    const words = redact(error instanceof Error ? error.message : String(error), secretsOf(url));
    log.warn(`statuses of an earlier process are not known: ${words}`);
    return { rows: new Map(), countedElsewhere: true };
  }
}

export interface Recording {
  readonly settings: Settings;
  readonly table: Table;
  readonly clock: Clock;
  readonly log: Log;
  /** Another thread records than before, or none. */
  readonly onThread: () => void;
}

export function recordHistory({ settings, table, clock, log, onThread }: Recording): History {
  return startHistory({
    table,
    clock,
    entry: new URL("../../workers/recorder.ts", import.meta.url),
    settings: {
      sqliteFile: settings.sqliteFile,
      databaseUrl: settings.databaseUrl?.reveal() ?? null,
      timeoutMs: settings.serviceTimeoutMs,
      retention: {
        checksMs: settings.keepChecksMs,
        minutesMs: settings.keepMinutesMs,
        hoursMs: settings.keepHoursMs,
        transitionsMs: settings.keepTransitionsMs,
        checksMax: settings.checksMax,
      },
      bufferBytesMax: settings.historyBufferBytes,
      litellmTable: settings.litellmTable,
      nodeName: settings.nodeName,
    },
    onNotice: (text) => log.warn(text),
    onThread,
  });
}

/** Everybody whom the recorder follows. */
export function membersOf(registry: Registry): Followed {
  const slots = registry.slots();
  return {
    length: slots.length,
    slice: (from, to) => slots.slice(from, to).flatMap((slot) => memberOf(slot, registry)),
  };
}

function memberOf(slot: number, registry: Registry): Member[] {
  const shown = registry.shownAt(slot);
  const common = registry.commonAt(slot);
  if (shown === null || common === null) return [];
  const { key, modelId, modelName, model } = shown;
  const { provider } = common;
  const subject = { key, model_id: modelId, model_name: modelName, model, provider };
  return [{ slot, identity: identityOf(key), subject }];
}

export function historySample(state: HistoryState): HistorySample {
  const { error, written, dropped, unseen, waiting, lastWriteMs } = state;
  return { up: error === null, written, dropped, unseen, waiting, lastWriteMs };
}
