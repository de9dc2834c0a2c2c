// HTTP through node:http and node:https. Why not fetch: on Bun all fetches of a process share one client thread, 256 requests
// in flight (what waits burns its deadline and comes back as a false timeout) and 64 idle sockets, and tell
// neither phases nor why a connection failed. This client runs on the probing thread itself, has no cap of its own, resolves
// names through our resolver and shows every phase.
//
// Every probe takes a new connection: a kept one that went stale fails a POST although the target is well, and connecting is part
// of what a probe should prove. One timer a probe, moved from deadline to deadline.

import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { isIP } from "node:net";
import type { OutcomeClass } from "../table/outcome-class.ts";
import { version } from "../version.ts";
import type { Phases, ProbeRequest } from "./outcome.ts";
import type { Resolver } from "./resolver.ts";
import { readBody } from "./response-body.ts";
import type { Exchange, ExchangeOptions, ProbeTransport } from "./transport.ts";
import { classOfError, type Phase } from "./transport-errors.ts";

/** Of node:net; the types of node:http lack them. */
interface FamilySelection {
  readonly autoSelectFamily: boolean;
  readonly autoSelectFamilyAttemptTimeout: number;
}

export interface HttpTransportOptions {
  readonly resolver: Resolver;
  readonly nowMs?: () => number;
}

const headerBytesMax = 64 * 1024;
/** A deadline that is noticed this late is given as much again, once, to read what has come meanwhile. */
const stalledMs = 50;
/** Share of the connect deadline that one address may take when there are others; room for one lost packet. */
const addressShare = 0.25;
/** What a configured header may not say: framing and connection are the transport's own. */
const ownHeaders = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);
const userAgent = `fleetpulse/${version}`;

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
  const connectMs = Math.min(deadlines.connectMs, deadlines.totalMs);
  const firstByteLimitMs = Math.min(deadlines.firstByteMs, deadlines.totalMs);
  let phase: Phase = "dns";
  let resolvedMs = 0;
  let connectedMs = 0;
  let securedMs = 0;
  let firstByteMs = 0;
  let settled = false;
  let excused = false;
  let client: ClientRequest | null = null;
  let timer: Timer | undefined;

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
    if (settled) return;
    const { class: outcomeClass, text } = classOfError(error, phase);
    fail(outcomeClass, text);
  };

  const arm = (deadlineMs: number, onDeadline: () => void): void => {
    clearTimeout(timer);
    const dueMs = startMs + deadlineMs;
    const check = (): void => {
      // A timer that comes late tells of this thread, not of the upstream, whose answer may be waiting to be read.
      if (nowMs() - dueMs > stalledMs && !excused) {
        excused = true;
        timer = setTimeout(onDeadline, stalledMs);
      } else onDeadline();
    };
    timer = setTimeout(check, Math.max(0, dueMs - nowMs()));
  };
  const connectDeadline = (): void => {
    const connecting: Partial<Record<Phase, [OutcomeClass, string]>> = {
      dns: ["dns", "the host name did not resolve"],
      connect: ["connect", "no connection"],
      tls: ["tls", "no TLS handshake"],
    };
    const [outcomeClass, what] = connecting[phase] ?? ["connect", "no connection"];
    fail(outcomeClass, `${what} within ${Math.round(connectMs)} ms`);
  };
  const totalDeadline = (): void =>
    fail("timeout_total", `no complete answer within ${Math.round(deadlines.totalMs)} ms`);
  const firstByteDeadline = (): void =>
    fail("timeout_first_byte", `no first byte within ${Math.round(firstByteLimitMs)} ms`);

  const established = (): void => {
    phase = "request";
    arm(firstByteLimitMs, firstByteDeadline);
  };

  arm(connectMs, connectDeadline);
  try {
    const url = new URL(probe.url);
    const secure = url.protocol === "https:";
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(hostname) !== 0) phase = "connect";
    const requestOptions: RequestOptions & FamilySelection = {
      protocol: url.protocol,
      hostname,
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: probe.method,
      headers: headersOf(probe),
      agent: false,
      maxHeaderSize: headerBytesMax,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.round(connectMs * addressShare)),
      rejectUnauthorized: verifyTls,
      ...(url.username + url.password === "" ? {} : { auth: userInfoOf(url) }),
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
  const headers: Record<string, string> = {
    "user-agent": userAgent,
    // Nothing worth compressing is asked for, and decompressing is work for us.
    "accept-encoding": "identity",
  };
  for (const name in probe.headers) {
    if (!ownHeaders.has(name)) headers[name] = probe.headers[name] ?? "";
  }
  headers["connection"] = "close";
  if (probe.body !== null) headers["content-length"] = String(Buffer.byteLength(probe.body));
  return headers;
}

/** Sent as basic authentication, unless a header authorises already. */
function userInfoOf({ username, password }: URL): string {
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
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
