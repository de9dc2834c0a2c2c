// The ways to ask that are compared. Each keeps its connections, sends the same request, and knows when an answer is complete; all
// but the bare sockets also read status, headers and body.

import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "bun";
import { createHttpTransport } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { Prepared } from "../../src/transport/transport.ts";

export const clientNames = ["bare sockets", "ours", "fetch", "node:http"] as const;
export type ClientName = (typeof clientNames)[number];

export interface Place {
  readonly port: number;
  /** The certificate's own CA; null without TLS. */
  readonly caFile: string | null;
}

/** Keeps `inFlight` requests going for ever; `onAnswer` hears of each that was answered well. */
export type Client = (place: Place, inFlight: number, onAnswer: () => void) => void;

const path = "/v1/chat/completions";
const body = JSON.stringify({
  model: "bench",
  messages: [{ role: "user", content: "ping" }],
  max_tokens: 16,
});
const headers = {
  "content-type": "application/json",
  accept: "application/json",
  authorization: "Bearer sk-bench-0123456789",
};
const minute = 60_000;

/** What nobody can go below: the request as bytes, and the end of the answer found by its length. */
const bare: Client = ({ port, caFile }, inFlight, onAnswer) => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${lines.join("")}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const lengthHeader = /\r\ncontent-length: (\d+)\r\n/i;
  const send = (socket: Socket<undefined>) => void socket.write(request);
  const handlers = {
    ...(caFile === null ? { open: send } : { open() {}, handshake: send }),
    data(socket: Socket<undefined>, bytes: Buffer) {
      const end = bytes.indexOf("\r\n\r\n");
      const length = Number(lengthHeader.exec(bytes.toString("latin1", 0, end + 4))?.[1]);
      if (bytes.length !== end + 4 + length) throw new Error("the answer came in pieces");
      onAnswer();
      send(socket);
    },
    error() {},
  };
  const ca = caFile === null ? "" : readFileSync(caFile, "utf8");
  for (let index = 0; index < inFlight; index += 1) {
    void Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: handlers,
      ...(caFile === null ? {} : { tls: { ca, serverName: "localhost" } }),
    });
  }
};

/** One after the other, `inFlight` times at once. */
function loops(inFlight: number, ask: () => Promise<boolean>, onAnswer: () => void): void {
  const loop = async () => {
    for (;;) if (await ask()) onAnswer();
  };
  for (let index = 0; index < inFlight; index += 1) void loop();
}

const ours: Client = ({ port, caFile }, inFlight, onAnswer) => {
  const transport = createHttpTransport({
    resolver: createResolver(),
    keep: { idleMs: minute, perKey: inFlight, total: inFlight, ageMs: minute },
  });
  const url = `${caFile === null ? "http" : "https"}://localhost:${port}${path}`;
  const options = {
    deadlines: { connectMs: minute, firstByteMs: minute, totalMs: minute },
    bodyBytesMax: 262_144,
    route: { proxy: null, verifyTls: true, caFile, clientCertificate: null },
  };
  const request = { method: "POST", url, headers, body, prepared: new Prepared() } as const;
  const loop = async () => {
    for (;;) {
      const { response } = await transport.exchange(request, options);
      if (response?.status === 200 && response.body.length > 0) onAnswer();
    }
  };
  for (let index = 0; index < inFlight; index += 1) void loop();
};

const withFetch: Client = ({ port, caFile }, inFlight, onAnswer) => {
  const url = `${caFile === null ? "http" : "https"}://localhost:${port}${path}`;
  const tls = caFile === null ? {} : { tls: { ca: readFileSync(caFile, "utf8") } };
  loops(
    inFlight,
    async () => {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(minute),
        ...tls,
      });
      return response.status === 200 && (await response.text()).length > 0;
    },
    onAnswer,
  );
};

const nodeHttp: Client = ({ port, caFile }, inFlight, onAnswer) => {
  const pool = { keepAlive: true, maxSockets: inFlight, maxFreeSockets: inFlight };
  const agent = caFile === null ? new HttpAgent(pool) : new HttpsAgent(pool);
  const options = {
    hostname: "127.0.0.1",
    port,
    path,
    method: "POST",
    headers: { ...headers, "content-length": String(body.length) },
    agent,
    ...(caFile === null ? {} : { ca: readFileSync(caFile, "utf8"), servername: "localhost" }),
  };
  const request = caFile === null ? httpRequest : httpsRequest;
  loops(
    inFlight,
    () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => asked.destroy(), minute);
        const asked = request(options, (message) => {
          let text = "";
          message.setEncoding("utf8");
          message.on("data", (chunk: string) => {
            text += chunk;
          });
          message.on("end", () => {
            clearTimeout(timer);
            resolve(message.statusCode === 200 && text.length > 0);
          });
        });
        asked.on("error", () => resolve(false));
        asked.end(body);
      }),
    onAnswer,
  );
};

export const clients: Readonly<Record<ClientName, Client>> = {
  "bare sockets": bare,
  ours,
  fetch: withFetch,
  "node:http": nodeHttp,
};
