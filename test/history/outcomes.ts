// What the tests of recording share: deployments to follow, outcomes that a prober would write, and settings.

import type { Member } from "../../src/history/follower.ts";
import type { RecorderSettings } from "../../src/history/messages.ts";
import { record } from "../../src/schedule/record.ts";
import type { Row } from "../../src/table/row.ts";
import { nothingMeasured } from "../../src/transport/transport.ts";

const dayMs = 24 * 3_600_000;

export function settingsOf(
  sqliteFile: string,
  changes: Partial<RecorderSettings> = {},
): RecorderSettings {
  return {
    ...{ sqliteFile, databaseUrl: null, timeoutMs: 300, nodeName: "test" },
    ...{ bufferBytesMax: 1 << 24, litellmTable: false },
    retention: {
      ...{ checksMs: dayMs, minutesMs: dayMs, hoursMs: dayMs, transitionsMs: dayMs },
      checksMax: 1_000_000,
    },
    ...changes,
  };
}

/** `deployment-0` in slot 0 with identity 1, and so on. */
export function membersIn(slots: number): Member[] {
  return Array.from({ length: slots }, (_, slot) => {
    const name = `deployment-${slot}`;
    const model = { model_name: "group", model: "openai/x", provider: "openai" };
    return { slot, identity: slot + 1, subject: { key: name, model_id: name, ...model } };
  });
}

/** Puts one outcome into the row; one is enough to change its state. */
export function answer(row: Row, fails: boolean): void {
  record(
    row,
    {
      ...{ class: fails ? "server_error" : "ok", httpStatus: fails ? 500 : 200 },
      ...{ text: fails ? "HTTP 500" : "", retryAfterMs: null },
      usage: { promptTokens: 8, completionTokens: 2 },
      phases: { ...nothingMeasured(5).phases, connectMs: 1, firstByteMs: 4 },
      peer: nothingMeasured(0).peer,
    },
    { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" },
    Date.now(),
    { rise: 1, fall: 1, degradedLimitMs: dayMs },
  );
}
