// DogStatsD over UDP and Unix sockets: gauges as they are, counters by what they grew, histograms as their count and sum. The client is
// hot-shots; over a Unix socket it is given a stream of ours, because the runtime has none for datagrams.
// (docs.datadoghq.com/developers/dogstatsd/datagram_shell)

import { isIP } from "node:net";
import { Writable } from "node:stream";
import { StatsD } from "hot-shots";
import { datagramLookup } from "../transport/lookup.ts";
import type { Resolver } from "../transport/resolver.ts";
import { Deltas } from "./deltas.ts";
import { type Reading, seriesOf } from "./reading.ts";
import type { Sink } from "./sink.ts";
import { openUnixDatagram } from "./unix-datagram.ts";

export interface StatsdOptions {
  readonly address:
    | { readonly kind: "udp"; readonly host: string; readonly port: number }
    | { readonly kind: "unix"; readonly path: string };
  readonly intervalMs: number;
  /** `name:value`, on every metric. */
  readonly tags: readonly string[];
}

/** Fits a datagram on any network path (1,500 bytes less the headers); a Unix socket takes more. */
const datagramBytesMax = { udp: 1432, unix: 8192 } as const;
/** Datagrams of one round are sent in such groups, so that a receiver's buffer keeps up. */
const groupLines = 500;
const pauseMs = 5;

/** One line of a push. */
interface Line {
  /** Of a counter: the sum that the receiver knows of once it has the line. */
  readonly told: readonly [series: string, sum: number] | null;
  /** Hands it to the client. */
  send(): void;
}

export function createStatsdSink(options: StatsdOptions, resolver: Resolver): Sink {
  const { address, tags, intervalMs } = options;
  const deltas = new Deltas();
  /** What the client was given and has not sent, in order. */
  const handed: Line[] = [];
  let failure: Error | null = null;
  let refused = 0;
  let waiting = 0;
  const fail = (error: Error) => {
    refused += 1;
    failure ??= error;
  };
  function unixTo(path: string): Writable {
    const gone = new Error("the socket's receiver is not there, or has no room");
    return unixStream(path, (lines, isTaken) => {
      if (!isTaken) fail(gone);
      settle(lines, isTaken);
    });
  }
  const common = {
    globalTags: [...tags],
    maxBufferSize: datagramBytesMax[address.kind],
    bufferFlushInterval: 60_000,
    errorHandler: fail,
  };
  const family = address.kind === "udp" && isIP(address.host) === 6 ? 6 : 4;
  const client = new StatsD(
    address.kind === "udp"
      ? {
          ...common,
          host: address.host,
          port: address.port,
          // The resolver keeps what it knows: the client's own way is the runtime's shared pool.
          udpSocketOptions: {
            type: family === 6 ? "udp6" : "udp4",
            lookup: datagramLookup(resolver, family),
          },
        }
      : { ...common, protocol: "stream", stream: unixTo(address.path) },
  );

  /** The oldest so many lines are on their way, or lost. */
  function settle(lines: number, isTaken: boolean): void {
    for (const { told } of handed.splice(0, lines)) {
      if (!isTaken) continue;
      waiting -= 1;
      if (told !== null) deltas.took(...told);
    }
  }

  function linesOf(reading: Reading): Line[] {
    deltas.begin(reading.wallMs);
    const gauge = (name: string, value: number, own: string[] = []): Line => ({
      told: null,
      send: () => client.gauge(name, value, own),
    });
    return [
      gauge("litellm.health", reading.healthy ? 1 : 0),
      gauge("litellm.healthy_models", reading.healthyModels),
      ...reading.families.flatMap((family) =>
        family.points.flatMap((point): Line[] => {
          const { name = family.name, labels, value } = point;
          if (name.endsWith("_bucket")) return [];
          const metric = dotted(name);
          if (family.type === "gauge") return [gauge(metric, value, tagsOf(labels))];
          const series = seriesOf(family, point);
          const growth = deltas.of(series, value);
          if (growth === null || growth.by === 0) return [];
          const send = () => client.increment(metric, growth.by, tagsOf(labels));
          return [{ told: [series, value], send }];
        }),
      ),
    ];
  }

  /** Sends them, and knows afterwards which of them are on their way. */
  async function sendGroup(lines: readonly Line[]): Promise<void> {
    const refusedBefore = refused;
    for (const line of lines) {
      handed.push(line);
      line.send();
    }
    const last = await flushed(client);
    if (last !== null) fail(last);
    // A UDP socket does not say which lines a datagram had.
    settle(handed.length, refused === refusedBefore);
  }

  return {
    name: "statsd",
    intervalMs,
    async send(reading, report) {
      failure = null;
      refused = 0;
      const lines = linesOf(reading);
      waiting = lines.length;
      report.waiting(waiting);
      for (let from = 0; from < lines.length; from += groupLines) {
        if (from > 0) await new Promise((next) => setTimeout(next, pauseMs));
        await sendGroup(lines.slice(from, from + groupLines));
        report.waiting(waiting);
      }
      if (refused > 0) report.refused(refused);
      if (failure !== null) throw failure;
    },
    close: () =>
      new Promise((resolve) => {
        client.close(() => resolve());
      }),
  };
}

/** `fleetpulse_probe_cost_usd` is `fleetpulse.probe_cost_usd`: the first word is the name space. */
function dotted(name: string): string {
  return name.replace("_", ".");
}

/** Characters that part tags from each other and from the rest of a line are none of a value's. */
function tagsOf(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}:${value.replace(/[|,#\s]/g, "_")}`);
}

/** Resolves when what is buffered is on its way, with what kept it from that. */
function flushed(client: StatsD): Promise<Error | null> {
  return new Promise((resolve) => {
    client.flush((error?: Error | null) => resolve(error ?? null));
  });
}

/** A stream of which every write is one datagram; says of each how many lines it had and whether it was taken. */
function unixStream(path: string, onDatagram: (lines: number, isTaken: boolean) => void): Writable {
  const socket = openUnixDatagram(path);
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      // An error that is given on ends the stream; the next push may find the agent there again.
      onDatagram(linesIn(bytes), socket.send(bytes));
      done();
    },
    destroy(error, done) {
      socket.close();
      done(error);
    },
  });
}

const lineFeed = 10;

function linesIn(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => (byte === lineFeed ? lines + 1 : lines), 0);
}
