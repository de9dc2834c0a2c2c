// DogStatsD over UDP and Unix sockets: gauges as they are, counters by what they grew, histograms as their count and sum. The client is
// hot-shots; over a Unix socket it is given a stream of ours, because the runtime has none for datagrams.
// (docs.datadoghq.com/developers/dogstatsd/datagram_shell)

import { Writable } from "node:stream";
import { StatsD } from "hot-shots";
import { Deltas } from "./deltas.ts";
import { type Family, type Point, type Reading, seriesOf } from "./reading.ts";
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

export function createStatsdSink(options: StatsdOptions): Sink {
  const { address, tags, intervalMs } = options;
  const deltas = new Deltas();
  let failure: Error | null = null;
  const fail = (error: Error) => {
    failure ??= error;
  };
  function unixTo(path: string): Writable {
    const refused = new Error("the socket's receiver is not there, or has no room");
    return unixStream(path).on("refused", () => fail(refused));
  }
  const common = {
    globalTags: [...tags],
    maxBufferSize: datagramBytesMax[address.kind],
    bufferFlushInterval: 60_000,
    errorHandler: fail,
  };
  const client = new StatsD(
    address.kind === "udp"
      ? { ...common, host: address.host, port: address.port, cacheDns: true }
      : { ...common, protocol: "stream", stream: unixTo(address.path) },
  );

  /** True when a line was sent. */
  function sendPoint(family: Family, point: Point): boolean {
    const { name = family.name, labels, value } = point;
    if (name.endsWith("_bucket")) return false;
    const metric = dotted(name);
    if (family.type === "gauge") {
      client.gauge(metric, value, tagsOf(labels));
      return true;
    }
    const grown = deltas.of(seriesOf(family, point), value);
    if (grown === null || grown === 0) return false;
    client.increment(metric, grown, tagsOf(labels));
    return true;
  }

  return {
    name: "statsd",
    intervalMs,
    async send(reading: Reading) {
      failure = null;
      client.gauge("litellm.health", reading.healthy ? 1 : 0);
      client.gauge("litellm.healthy_models", reading.healthyModels);
      let lines = 0;
      for (const family of reading.families) {
        for (const point of family.points) {
          if (!sendPoint(family, point)) continue;
          lines += 1;
          if (lines % groupLines === 0) await new Promise((next) => setTimeout(next, pauseMs));
        }
      }
      const last = await flushed(client);
      failure ??= last;
      if (failure === null) return deltas.keep();
      deltas.drop();
      throw failure;
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

/** A stream of which every write is one datagram. */
function unixStream(path: string): Writable {
  const socket = openUnixDatagram(path);
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      // An error that is given on ends the stream; the next push may find the agent there again.
      if (!socket.send(bytes)) this.emit("refused");
      done();
    },
    destroy(error, done) {
      socket.close();
      done(error);
    },
  });
}
