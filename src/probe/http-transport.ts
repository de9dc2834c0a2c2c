// HTTP through node:http and node:https. Why not fetch: on Bun all fetches of a process share one client thread, 256 requests
// in flight (what waits burns its deadline and comes back as a false timeout) and 64 idle sockets, and tell
// neither phases nor why a connection failed. This client runs on the probing thread itself, has no cap of its own, resolves
// names through our resolver and shows every phase.
//
// Every probe takes a new connection: a kept one that went stale fails a POST although the target is well, and connecting is part
// of what a probe should prove. One timer a probe, moved from deadline to deadline.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { isIP } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { OutcomeClass } from "../table/outcome-class.ts";
import { version } from "../version.ts";
import type { Phases, ProbeRequest, ProbeResponse } from "./outcome.ts";
import type { Resolver } from "./resolver.ts";
import type { Exchange, ExchangeOptions, ProbeTransport } from "./transport.ts";
import { classOfError, type Phase } from "./transport-errors.ts";

export interface HttpTransportOptions {
  readonly resolver: Resolver;
  readonly nowMs?: () => number;
}

const headerBytesMax = 64 * 1024;
const userAgent = `fleetpulse/${version}`;

const inflaters: Readonly<Record<string, (bytes: Buffer, bound: number) => Buffer>> = {
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) => inflateSync(bytes, { maxOutputLength }),
  br: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }),
  zstd: (bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength }),
};

export function createHttpTransport(options: HttpTransportOptions): ProbeTransport {
  const nowMs = options.nowMs ?? (() => performance.now());
  const { resolver } = options;
  return {
    exchange: (request, how) =>
      new Promise((resolve) => run(request, how, resolver, nowMs, resolve)),
  };
}

/** One exchange; calls `done` exactly once. */
function run(
  probe: ProbeRequest,
  { deadlines, bodyBytesMax, verifyTls }: ExchangeOptions,
  resolver: Resolver,
  nowMs: () => number,
  done: (exchange: Exchange) => void,
): void {
  const startMs = nowMs();
  let phase: Phase = "dns";
  let resolvedMs = 0;
  let connectedMs = 0;
  let securedMs = 0;
  let firstByteMs = 0;
  let settled = false;
  let client: ClientRequest | null = null;
  let timer: Timer;

  const phases = (): Phases => ({
    dnsMs: resolvedMs === 0 ? null : resolvedMs - startMs,
    connectMs: connectedMs === 0 ? null : connectedMs - (resolvedMs || startMs),
    tlsMs: securedMs === 0 ? null : securedMs - connectedMs,
    firstByteMs: firstByteMs === 0 ? null : firstByteMs - (securedMs || connectedMs || startMs),
    totalMs: nowMs() - startMs,
  });

  const finish = (exchange: Exchange): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    client?.destroy();
    done(exchange);
  };
  const fail = (outcomeClass: OutcomeClass, text: string): void =>
    finish({ response: null, failure: { class: outcomeClass, text }, phases: phases() });
  const failWith = (error: unknown): void => {
    const { class: outcomeClass, text } = classOfError(error, phase);
    fail(outcomeClass, text);
  };

  const arm = (deadlineMs: number, onDeadline: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(onDeadline, Math.max(0, deadlineMs - (nowMs() - startMs)));
  };
  const connectDeadline = (): void => {
    const connecting: Partial<Record<Phase, [OutcomeClass, string]>> = {
      dns: ["dns", "the host name did not resolve"],
      connect: ["connect", "no connection"],
      tls: ["tls", "no TLS handshake"],
    };
    const [outcomeClass, what] = connecting[phase] ?? ["connect", "no connection"];
    fail(outcomeClass, `${what} within ${deadlines.connectMs} ms`);
  };
  const totalDeadline = (): void =>
    fail("timeout_total", `no complete answer within ${deadlines.totalMs} ms`);
  const firstByteDeadline = (): void =>
    fail("timeout_first_byte", `no first byte within ${deadlines.firstByteMs} ms`);

  const established = (): void => {
    phase = "request";
    arm(deadlines.firstByteMs, firstByteDeadline);
  };

  timer = setTimeout(connectDeadline, Math.max(0, deadlines.connectMs));
  try {
    const url = new URL(probe.url);
    const secure = url.protocol === "https:";
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(hostname) !== 0) phase = "connect";
    const requestOptions: RequestOptions & { autoSelectFamily: boolean } = {
      protocol: url.protocol,
      hostname,
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: probe.method,
      headers: headersOf(probe),
      agent: false,
      maxHeaderSize: headerBytesMax,
      autoSelectFamily: true,
      rejectUnauthorized: verifyTls,
      ...(secure && isIP(hostname) === 0 ? { servername: hostname } : {}),
      lookup: lookupOf(resolver, () => {
        resolvedMs = nowMs();
        phase = "connect";
      }),
    };
    client = (secure ? httpsRequest : httpRequest)(requestOptions);
    client.on("error", failWith);
    client.on("socket", (socket: Socket) => {
      socket.once("connect", () => {
        connectedMs = nowMs();
        if (secure) phase = "tls";
        else established();
      });
      socket.once("secureConnect", () => {
        securedMs = nowMs();
        established();
      });
    });
    client.on("response", (message) => {
      firstByteMs = nowMs();
      phase = "body";
      arm(deadlines.totalMs, totalDeadline);
      readBody(message, bodyBytesMax, failWith, (response) =>
        finish({ response, failure: null, phases: phases() }),
      );
    });
    client.on("upgrade", (_message, socket) => {
      socket.destroy();
      fail("protocol", "the server switched to another protocol");
    });
    client.end(probe.body ?? undefined);
  } catch (error) {
    failWith(error);
  }
}

function headersOf(probe: ProbeRequest): Record<string, string> {
  return {
    "user-agent": userAgent,
    // Nothing worth compressing is asked for, and decompressing is work for us.
    "accept-encoding": "identity",
    connection: "close",
    ...probe.headers,
    ...(probe.body === null ? {} : { "content-length": String(Buffer.byteLength(probe.body)) }),
  };
}

/** All addresses of a name for the runtime to try one after the other, IPv4 first. */
function lookupOf(resolver: Resolver, onResolved: () => void): LookupFunction {
  return (name, lookupOptions, callback) => {
    resolver.resolve(name).then(
      (addresses) => {
        onResolved();
        const [first] = addresses;
        if (first === undefined)
          callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 4);
        else if (lookupOptions.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, "", 4),
    );
  };
}

function readBody(
  message: IncomingMessage,
  bytesMax: number,
  onError: (error: unknown) => void,
  onDone: (response: ProbeResponse) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = (truncated: boolean): void => {
    const headers = plainHeaders(message.headers);
    try {
      const body = decoded(Buffer.concat(chunks), headers["content-encoding"], bytesMax);
      onDone({ status: message.statusCode ?? 0, headers, body, truncated });
    } catch (error) {
      onError(error);
    }
  };
  message.on("data", (chunk: Buffer) => {
    const room = bytesMax - bytes;
    bytes += chunk.length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (bytes > bytesMax) end(true);
  });
  message.on("end", () => end(false));
  message.on("error", onError);
  message.on("aborted", () =>
    onError(Object.assign(new Error("the answer was cut off"), { code: "ECONNRESET" })),
  );
}

/** Servers that compress although they were asked not to; bounded, so that a bomb is an error. */
function decoded(bytes: Buffer, encoding: string | undefined, bound: number): string {
  const inflate = encoding === undefined ? undefined : inflaters[encoding.trim().toLowerCase()];
  return (inflate === undefined || bytes.length === 0 ? bytes : inflate(bytes, bound)).toString(
    "utf8",
  );
}

function plainHeaders(headers: IncomingMessage["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
