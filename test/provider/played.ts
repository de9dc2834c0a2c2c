// The providers of this world on one port of this machine: whatever a probe asks anywhere is sent here, written down with the
// address that was meant, and answered with what a test has prepared, in order.

import type { HttpRequest, Transport } from "../../src/transport/transport.ts";

export interface Prepared {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a WebSocket its first message. */
  readonly body: string;
}

export interface Seen {
  readonly method: string;
  /** The host that was meant, with the path and query that came over the wire. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON where it is, `{ form: fields }` of a form, else the text; undefined without a body. */
  readonly body: unknown;
}

export interface PlayedProviders {
  readonly url: string;
  /** What was asked since `answering`. */
  readonly seen: readonly Seen[];
  /** Prepares the next answers. */
  answering(answers: readonly Prepared[]): void;
  /** A transport that goes here instead of where a request is meant to go. */
  playing(transport: Transport): Transport;
  stop(): void;
}

export function playProviders(): PlayedProviders {
  let seen: Seen[] = [];
  let answers: Prepared[] = [];
  /** Hosts that were meant, in the order of the requests. */
  let origins: string[] = [];

  const server = Bun.serve<{ body: string }>({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, self) {
      const path = request.url.slice(new URL(request.url).origin.length);
      const here = `http://127.0.0.1:${self.port}`;
      seen.push({
        method: request.method,
        url: `${origins[seen.length] ?? here}${path}`,
        headers: request.headers.toJSON() as Record<string, string>,
        body: await bodyOf(request),
      });
      const answer = answers.shift();
      if (answer === undefined) return new Response("nothing is prepared", { status: 599 });
      const isSocket = request.headers.get("upgrade") === "websocket";
      if (isSocket && answer.status < 300 && self.upgrade(request, { data: { body: answer.body } }))
        return undefined;
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
    websocket: {
      open(socket) {
        socket.send(socket.data.body);
      },
      message() {},
    },
  });
  const url = `http://127.0.0.1:${server.port}`;

  return {
    url,
    get seen() {
      return seen;
    },
    answering(prepared) {
      seen = [];
      origins = [];
      answers = [...prepared];
    },
    playing: (transport) => ({
      exchange(request, options) {
        const { origin, rest } = split(request);
        origins.push(origin);
        const scheme = origin.startsWith("ws") ? "ws" : "http";
        const there = `${scheme}${url.slice("http".length)}${rest}`;
        return transport.exchange({ ...request, url: there }, options);
      },
      close: () => transport.close(),
    }),
    stop: () => server.stop(true),
  };
}

function split({ url }: HttpRequest): { origin: string; rest: string } {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? "";
  return { origin, rest: url.slice(origin.length) || "/" };
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("multipart/form-data")) {
    const raw = await request.clone().text();
    const form = await request.formData();
    const fields = [...form.entries()].map(([name, value]) => [
      name,
      typeof value === "string" ? value : { fileName: value.name, type: typeIn(raw, value.name) },
    ]);
    return { form: Object.fromEntries(fields) };
  }
  const text = await request.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As it was sent: the form's reader tells the type by the file's name. */
function typeIn(form: string, fileName: string): string {
  const head = form.slice(form.indexOf(`filename="${fileName}"`));
  return /\r\ncontent-type: ([^\r]+)\r\n/i.exec(head)?.[1] ?? "";
}
