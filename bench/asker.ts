// A client that asks for whole answers, one after the other or once a second, as a scraper does; and what it reads from /metrics.

import { gunzipSync } from "node:zlib";

const timeoutMs = 60_000;

/** What Prometheus sends with a scrape. */
export const scraperHeaders = {
  accept:
    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
  "accept-encoding": "gzip",
};
const plainHeaders = { "accept-encoding": "identity" };

export interface Answer {
  /** When it was there, by the monotonic clock. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly body: Uint8Array;
}

/** One answer, whatever its status; a request that fails or takes too long throws. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = plainHeaders,
  decompress = true,
): Promise<Answer> {
  const startMs = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { headers, signal, decompress });
  const body = await response.bytes();
  const atMs = performance.now();
  return { atMs, tookMs: atMs - startMs, body };
}

/** The body of an answer that was left packed. */
export function unpacked(body: Uint8Array): Uint8Array {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  return isGzip ? gunzipSync(body) : body;
}

export interface Asking {
  /** Stops after the request that is under way; returns how long each took, those that failed as Infinity. */
  stop(): Promise<readonly number[]>;
}

/**
 * Asks once a second, or when an answer takes longer, as soon as it is there. It stands for a client on another machine, which unpacks
 * megabytes with cores of its own: bodies stay packed, and who wants to read them does so when nothing is measured any more.
 */
export function askEverySecond(
  url: string,
  headers?: Readonly<Record<string, string>>,
  onAnswer: (answer: Answer) => void = () => {},
): Asking {
  const tookMs: number[] = [];
  const stopped = Promise.withResolvers<void>();
  let stopping = false;
  async function run(): Promise<void> {
    let nextMs = performance.now();
    while (!stopping) {
      try {
        const answer = await ask(url, headers, false);
        tookMs.push(answer.tookMs);
        onAnswer(answer);
      } catch {
        tookMs.push(Number.POSITIVE_INFINITY);
      }
      nextMs = Math.max(nextMs + 1000, performance.now());
      await Promise.race([Bun.sleep(nextMs - performance.now()), stopped.promise]);
    }
  }
  const done = run();
  return {
    async stop() {
      stopping = true;
      stopped.resolve();
      await done;
      return tookMs;
    },
  };
}

/** What `/health/backlog` tells of the prober threads together. */
export async function backlog(url: string) {
  const { body } = await ask(`${url}/health/backlog`);
  const { threads } = JSON.parse(new TextDecoder().decode(body)) as {
    threads: readonly Readonly<Record<"scheduled" | "in_flight" | "queued", number>>[];
  };
  const sum = (field: "scheduled" | "in_flight" | "queued") =>
    threads.reduce((total, thread) => total + thread[field], 0);
  return { scheduled: sum("scheduled"), inFlight: sum("in_flight"), queued: sum("queued") };
}

/** Sum of a metric over its series; those with `label` only, where it is given. Megabytes are searched, not split. */
export function sumOf(body: Uint8Array, metric: string, label = ""): number {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let sum = 0;
  for (let at = text.indexOf(`\n${metric}{`); at >= 0; at = text.indexOf(`\n${metric}{`, at + 1)) {
    const end = text.indexOf("\n", at + 1);
    const line = text.toString("utf8", at + 1, end < 0 ? text.length : end);
    if (line.includes(label)) sum += Number(line.slice(line.lastIndexOf(" ") + 1));
  }
  return sum;
}
