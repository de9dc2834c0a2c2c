// A load generator as a process of its own: keep-alive connections over bare sockets, one request in flight each.
// bun bench/load.ts URL CONNECTIONS SECONDS [REQUESTS_PER_SECOND] prints one line of JSON. `{N}` in the URL is another number
// below N in every request.

import { takeShortSlices } from "../src/threads/short-slice.ts";

// It stands for a client on another machine, which those who are measured do not keep from its core.
takeShortSlices();
const [given = "", connections = "64", seconds = "2", rate = "0"] = process.argv.slice(2);
const url = new URL(given);
const [start = "", below = "0", rest = ""] = decodeURI(url.pathname + url.search).split(
  /\{(\d+)\}/,
);
/** A stride that shares no factor with the counts that are asked for visits all of them. */
const stride = 7919;
const requestTo = (target: string) =>
  Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
const fixed = requestTo(start);
let sent = 0;

function nextRequest(): Buffer {
  if (below === "0") return fixed;
  sent += 1;
  return requestTo(`${start}${(sent * stride) % Number(below)}${rest}`);
}

const good = Buffer.from("HTTP/1.1 200");
const lengthHeader = /\r\ncontent-length: (\d+)\r\n/i;
const chunkedHeader = /\r\ntransfer-encoding: chunked\r\n/i;
/** The end of an answer in chunks, as nothing else can end that is JSON. */
const lastChunk = Buffer.from("\r\n0\r\n\r\n");
const perConnectionMs = Number(rate) === 0 ? 0 : (1000 * Number(connections)) / Number(rate);

const nothing = Buffer.alloc(0);
const latencies: number[] = [];
let requests = 0;
let errors = 0;
let stopping = false;

interface State {
  sentMs: number;
  /**
   * Bytes of the answer that are still to come, 0 when all are there, Infinity until the last chunk of an answer in chunks; null
   * before its header is complete.
   */
  missing: number | null;
  head: Buffer;
  /** The last bytes that came. */
  tail: Buffer;
}

function send(socket: import("bun").Socket<State>): void {
  if (stopping) return;
  socket.data.sentMs = performance.now();
  socket.data.missing = null;
  socket.write(nextRequest());
}

function lastOf(bytes: Buffer): Buffer {
  return bytes.subarray(-lastChunk.length);
}

function received(socket: import("bun").Socket<State>, bytes: Buffer): void {
  const { data } = socket;
  if (data.missing === null) {
    data.head = data.head.length === 0 ? bytes : Buffer.concat([data.head, bytes]);
    const end = data.head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const text = data.head.toString("latin1", 0, end + 4);
    const length = lengthHeader.exec(text)?.[1];
    if (!data.head.subarray(0, good.length).equals(good)) errors += 1;
    const isChunked = length === undefined && chunkedHeader.test(text);
    data.missing = isChunked
      ? Number.POSITIVE_INFINITY
      : end + 4 + Number(length ?? 0) - data.head.length;
    data.tail = lastOf(data.head);
    data.head = nothing;
  } else {
    data.missing -= bytes.length;
    data.tail = lastOf(Buffer.concat([data.tail, lastOf(bytes)]));
  }
  const isLast = data.missing === Number.POSITIVE_INFINITY && data.tail.equals(lastChunk);
  if (data.missing > 0 && !isLast) return;
  data.missing = 0;
  const tookMs = performance.now() - data.sentMs;
  latencies.push(tookMs);
  requests += 1;
  if (perConnectionMs === 0) send(socket);
  else setTimeout(() => send(socket), Math.max(0, perConnectionMs - tookMs));
}

const sockets: import("bun").Socket<State>[] = [];
for (let index = 0; index < Number(connections); index += 1) {
  const socket = await Bun.connect<State>({
    hostname: url.hostname,
    port: Number(url.port),
    data: { sentMs: 0, missing: null, head: nothing, tail: nothing },
    socket: {
      open: send,
      data: received,
      error: () => {
        errors += 1;
      },
    },
  });
  sockets.push(socket);
}
// What happens while everything warms up is not counted.
await Bun.sleep(500);
latencies.length = 0;
requests = 0;
errors = 0;
const startMs = performance.now();
await Bun.sleep(Number(seconds) * 1000);
const tookSeconds = (performance.now() - startMs) / 1000;
stopping = true;
// Who still waits longer than any other had to must not be missed: that is how a server that stands still looks.
const longestMs = latencies.reduce((longest, one) => Math.max(longest, one), 0);
const endMs = performance.now();
for (const { data } of sockets) {
  const waitedMs = endMs - data.sentMs;
  if (data.missing !== 0 && waitedMs > longestMs) latencies.push(waitedMs);
}
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
const perSecond = requests / tookSeconds;
const maxMs = latencies.at(-1) ?? 0;
console.log(JSON.stringify({ perSecond, p50Ms: at(0.5), p99Ms: at(0.99), maxMs, errors }));
process.exit(0);
