// The body of the traffic thread: it unpacks, parses and counts what the proxy reports, which would hold up the threads that answer and
// probe. Its entry is workers/traffic.ts.

import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../clock.ts";
import { giveBackNow, giveBackSoon } from "../threads/give-back.ts";
import { yieldToServer } from "../threads/priority.ts";
import { ready } from "../threads/ready.ts";
import { createAttribution, type Member, unknownId } from "./attribution.ts";
import { BatchError, type Piece, readBatch } from "./batch.ts";
import { Counters } from "./counters.ts";
import { createDedupe } from "./dedupe.ts";
import { createIntake, type Intake } from "./intake.ts";
import type {
  CallbackBody,
  CallbackEnd,
  FromTraffic,
  ToTraffic,
  TrafficStart,
} from "./messages.ts";
import { createPassive } from "./passive.ts";
import { readPayload } from "./payload.ts";
import { readPosition, savePosition } from "./saved-position.ts";
import { createSeriesBook } from "./series.ts";
import { followSpendLogs, type SpendLogs } from "./spend-logs.ts";

export const stateEveryMs = 500;
export const entriesMax = 10_000;
const saveEveryMs = 10_000;
/** A callback and its row can be this far apart where no spend logs say how late they may be. */
const spanMs = 900_000;
const spanMarginMs = 120_000;
/** 34 MB for both generations; a callback has two keys. */
const keysMax = 1_000_000;

/** Runs on this port until the process or the thread ends. */
export function runTraffic(
  port: MessagePort,
  { settings, counters: buffer, known, remembered, followedMs }: TrafficStart,
  clock: Clock = systemClock,
): void {
  yieldToServer();
  const say = (message: FromTraffic) => port.postMessage(message);
  const notice = (text: string) => say({ type: "notice", text });
  const saved = settings.positionFile === null ? null : readPosition(settings.positionFile);
  const counters = new Counters(buffer, settings);
  const dedupe = createDedupe({
    spanMs: spanMarginMs + (settings.spendLogs?.latenessMs ?? spanMs),
    keysMax,
    wallMs: clock.wallMs,
    // The counters live on with everything that a thread before this one counted; the file may be some seconds older.
    saved: remembered ?? saved?.dedupe ?? null,
    onMoved: (now) => say({ type: "remembers", remembered: now }),
  });
  const attribution = createAttribution();
  const series = createSeriesBook({
    ...settings,
    known,
    onAdded: (added) => {
      // A thread that ended may have counted in it and told nobody.
      counters.clear(added.series);
      say({ type: "added", added });
    },
    onRemoved: (removed) => {
      counters.clear(removed);
      say({ type: "removed", series: removed });
    },
  });
  const passive = settings.passive === null ? null : createPassive(settings.passive, clock.wallMs);
  const intake = createIntake({ counters, dedupe, attribution, series, passive });
  let spendLogs: SpendLogs | null = null;
  let savedMs = clock.monotonicMs();
  let isKept = true;
  /** Entries of bodies since garbage was collected, and those of them that were known at the last look. */
  const parsed = { entries: 0, seen: 0 };

  /** Not before it is known who is configured. */
  function beginSpendLogs(): void {
    if (settings.spendLogs === null || spendLogs !== null) return;
    spendLogs = followSpendLogs({
      settings: settings.spendLogs,
      intake,
      dedupe,
      clock,
      followedMs: followedMs ?? saved?.followedMs ?? null,
      onRound: () => {
        tellPassive();
        if (clock.monotonicMs() - savedMs >= saveEveryMs) save();
      },
      onNotice: notice,
    });
  }

  function save(): void {
    savedMs = clock.monotonicMs();
    if (settings.positionFile === null || spendLogs === null) return;
    try {
      const { followedMs } = spendLogs.state();
      savePosition(settings.positionFile, { followedMs, dedupe: dedupe.save() });
      isKept = true;
    } catch (error) {
      if (isKept) notice(`the position in spend logs cannot be kept: ${(error as Error).message}`);
      isKept = false;
    }
  }

  function tellPassive(): void {
    const reports = passive?.take() ?? [];
    if (reports.length > 0) say({ type: "passive", reports });
  }

  const tell = () => say({ type: "state", spendLogs: spendLogs?.state() ?? null });
  const timer = setInterval(() => {
    if (settings.spendLogs === null) dedupe.advance(clock.wallMs(), clock.wallMs());
    // Prompts and answers lie about as garbage until the thread has a moment.
    if (parsed.entries > 0 && parsed.entries === parsed.seen) {
      giveBackNow(parsed.entries);
      parsed.entries = 0;
    }
    parsed.seen = parsed.entries;
    tell();
  }, stateEveryMs);

  port.on("message", (message: ToTraffic) => {
    switch (message.type) {
      case "follow": {
        if (message.first) attribution.begin();
        const members = JSON.parse(message.members) as Member[];
        attribution.add(members);
        if (!message.last) return;
        attribution.replace();
        series.keep((modelId) => modelId === unknownId || attribution.isConfigured(modelId));
        passive?.keep(attribution.isConfigured);
        beginSpendLogs();
        giveBackSoon(members.length);
        return;
      }
      case "take":
        say({ type: "taken", ticket: message.ticket, end: take(message.body) });
        tellPassive();
        return;
      case "stop":
        clearInterval(timer);
        save();
        spendLogs?.stop();
        tell();
        say({ type: "stopped" });
        return;
      default:
        message satisfies never;
    }
  });

  function take({ bytes, length, encoding }: CallbackBody): CallbackEnd {
    const body = new Uint8Array(bytes, 0, length);
    try {
      const pieces = readBatch(body, encoding, { bytesMax: settings.bytesMax, entriesMax });
      parsed.entries += pieces.length;
      return { text: JSON.stringify(takePieces(pieces, intake)) };
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      return { refused: error.tooLarge ? "too large" : "unreadable", message: error.message };
    }
  }

  say(ready("traffic"));
}

function takePieces(pieces: readonly Piece[], intake: Intake) {
  const rejected: { index: number; error: string }[] = [];
  let accepted = 0;
  for (const [index, piece] of pieces.entries()) {
    const entry = "error" in piece ? piece.error : readPayload(piece.value);
    if (typeof entry === "string") {
      rejected.push({ index, error: entry });
      intake.reject("callback");
    } else {
      intake.take("callback", entry);
      accepted += 1;
    }
  }
  return { accepted, rejected };
}
