// Traffic as the main thread sees it: a thread that counts, which is started when there is something to count, the bodies that wait for
// it, and the series as they may be exposed.

import type { Clock } from "../clock.ts";
import { checkMs, type SupervisedThread, superviseThread } from "../threads/supervised-thread.ts";
import type { Member } from "./attribution.ts";
import { otherLabel } from "./attribution.ts";
import { Counters, type Labels, overflowSeries, results, type SeriesReading } from "./counters.ts";
import type { SavedDedupe } from "./dedupe.ts";
import { entrySources } from "./entry.ts";
import type {
  CallbackBody,
  CallbackEnd,
  FromTraffic,
  ToTraffic,
  TrafficSettings,
  TrafficStart,
} from "./messages.ts";
import type { PassiveReport } from "./passive.ts";
import type { SpendLogState } from "./spend-logs.ts";
import { exceptionOf } from "./traffic-class.ts";

/** Who is to be counted: so many, of whom `slice` makes some whenever a thread is to be told. */
export interface Configured {
  readonly length: number;
  slice(from: number, to: number): readonly Member[];
}

export interface Traffic {
  /** These deployments have labels of their own from now on. */
  follow(configured: Configured): void;
  take(body: CallbackBody): Promise<CallbackEnd>;
  /** What is counted, by labels; the last one may be of everything that found no room. */
  series(): Iterable<readonly [labels: Labels, reading: SeriesReading]>;
  exceptionOf: typeof exceptionOf;
  /** Entries by where they came from and what became of them. */
  entries(): readonly { readonly labels: Labels; readonly value: number }[];
  /** Requests that found no series of their own. */
  folded(): number;
  /** Bytes of callbacks that wait to be counted. */
  waitingBytes(): number;
  /** Null when none are followed, or nothing is known yet. */
  spendLogs(): SpendLogState | null;
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly settings: TrafficSettings;
  readonly clock: Clock;
  readonly entry: URL;
  /** What traffic says of the health of deployments. */
  readonly onPassive: (reports: readonly PassiveReport[]) => void;
  readonly onNotice: (text: string) => void;
}

/** Parsing the largest body takes a second or two. */
const stuckMs = 60_000;
/** Members in one message. */
const membersMax = 500;
const stopMs = 1000;
const refuse = (message: string): CallbackEnd => ({ refused: "busy", message });

export function createTraffic(options: TrafficOptions): Traffic {
  const { settings, clock } = options;
  const counters = Counters.withRoomFor(settings.seriesMax, settings);
  const labels = new Map<number, Labels>();
  const waiting = new Map<number, { body: CallbackBody; answer: (end: CallbackEnd) => void }>();
  let configured: Configured = [];
  let lists = 0;
  let waitingBytes = 0;
  let nextTicket = 1;
  let beats = 0;
  let spendLogs: SpendLogState | null = null;
  let remembered: SavedDedupe | null = null;
  let thread: SupervisedThread<ToTraffic> | null = null;
  let watch: Timer | null = null;
  let stopping: (() => void) | null = null;

  function started(): SupervisedThread<ToTraffic> {
    if (thread !== null) return thread;
    const spawned = superviseThread<ToTraffic, FromTraffic>({
      name: "the traffic thread",
      clock,
      entry: options.entry,
      stuckMs,
      birth: (): TrafficStart => ({
        settings,
        counters: counters.buffer,
        known: [...labels].map(([series, own]) => ({ series, labels: own })),
        remembered,
        followedMs: spendLogs?.followedMs ?? null,
      }),
      fence: () => {},
      heartbeat: () => beats,
      onReady: () => {
        sendConfigured();
        for (const [ticket, { body }] of waiting) spawned.send({ type: "take", ticket, body });
      },
      onReplaced: () => {
        // One of them may be what it died of.
        for (const ticket of [...waiting.keys()]) {
          settle(ticket, refuse("what counts traffic is being restarted"));
        }
      },
      onMessage,
      onNotice: options.onNotice,
    });
    thread = spawned;
    let expectedMs = clock.monotonicMs() + checkMs;
    watch = setInterval(() => {
      const nowMs = clock.monotonicMs();
      spawned.check(nowMs - expectedMs);
      expectedMs = nowMs + checkMs;
    }, checkMs);
    return spawned;
  }

  function onMessage(message: FromTraffic): void {
    beats += 1;
    switch (message.type) {
      case "taken":
        settle(message.ticket, message.end);
        return;
      case "added":
        labels.set(message.added.series, message.added.labels);
        return;
      case "removed":
        labels.delete(message.series);
        return;
      case "state":
        spendLogs = message.spendLogs;
        return;
      case "remembers":
        remembered = message.remembered;
        return;
      case "passive":
        options.onPassive(message.reports);
        return;
      case "notice":
        options.onNotice(message.text);
        return;
      case "stopped":
        stopping?.();
        return;
      case "ready":
        return;
      default:
        message satisfies never;
    }
  }

  function settle(ticket: number, end: CallbackEnd): void {
    const one = waiting.get(ticket);
    if (one === undefined) return;
    waiting.delete(ticket);
    waitingBytes -= one.body.bytes.byteLength;
    one.answer(end);
  }

  function sendConfigured(): void {
    const list = ++lists;
    const all = configured;
    const end = Math.max(1, all.length);
    for (let from = 0; from < end; from += membersMax) {
      // A list that is overtaken by a newer one is not finished.
      thread?.send(() => ({
        type: "follow",
        members: list === lists ? JSON.stringify(all.slice(from, from + membersMax)) : "[]",
        first: from === 0,
        last: list === lists && from + membersMax >= end,
      }));
    }
  }

  return {
    follow(next) {
      configured = next;
      if (settings.spendLogs !== null) started();
      sendConfigured();
    },
    take(body) {
      if (stopping !== null) return Promise.resolve(refuse("the service is stopping"));
      if (waitingBytes + body.bytes.byteLength > settings.bytesMax * 2) {
        return Promise.resolve(refuse("too many callbacks are waiting to be counted"));
      }
      const target = started();
      const ticket = nextTicket++;
      waitingBytes += body.bytes.byteLength;
      return new Promise((answer) => {
        waiting.set(ticket, { body, answer });
        target.send({ type: "take", ticket, body });
      });
    },
    *series() {
      for (const [series, own] of labels) yield [own, counters.read(series)];
      if (counters.folded() === 0) return;
      const names = ["model_name", "model_id", "provider"];
      if (settings.teamLabels) names.push("team");
      if (settings.keyLabels) names.push("key_alias");
      const other = Object.fromEntries(names.map((name) => [name, otherLabel]));
      yield [other, counters.read(overflowSeries)];
    },
    exceptionOf,
    entries: () =>
      entrySources.flatMap((source) =>
        results.map((result) => ({
          labels: { source, result },
          value: counters.result(source, result),
        })),
      ),
    folded: () => counters.folded(),
    waitingBytes: () => waitingBytes,
    spendLogs: () => spendLogs,
    async stop() {
      const ended = Promise.withResolvers<void>();
      stopping = ended.resolve;
      if (watch !== null) clearInterval(watch);
      if (thread?.isAlive() === true) {
        const timer = setTimeout(ended.resolve, stopMs);
        thread.send({ type: "stop" });
        await ended.promise;
        clearTimeout(timer);
      }
      await thread?.stop();
    },
  };
}
